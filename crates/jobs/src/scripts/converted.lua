-- Ends a conversion well: the job is done, its video litter, its email due.
-- KEYS  1 job  2 stream  3 leases  4 mp3 stream  5 owner's active jobs  6 sweep
-- ARGV  1 entry  2 attempt  3 group  4 id  5 mp3 blob  6 mp3 bytes
--       7 mp3 playing time (ms)  8 message  9 channel
--       10 ms to keep the video  11 ms to keep the MP3, 0 for ever
--       12 fence of the segment whose worker joined all, '' for a conversion in
--       one piece
--       13 1 where the upload was cut off, else 0  14 its packets that are silent
-- Answers 1, or 0 where the claim is lost or the MP3 may be swept already.
local is_whole = ARGV[12] == ''
if not holds_conversion(KEYS[1], ARGV[2], ARGV[12]) then
  return 0
end
if not is_whole and redis.call('HGET', KEYS[1] .. ':segments', 'left') ~= '0' then
  return 0
end
local litter_from = redis.call('ZSCORE', KEYS[6], ARGV[5])
if not litter_from or tonumber(litter_from) <= now then
  return 0
end
settle(KEYS[2], KEYS[3], ARGV[3], ARGV[1])
end_attempt(KEYS[1], 'succeeded')
redis.call('ZADD', KEYS[6], now + ARGV[10], redis.call('HGET', KEYS[1], 'video_blob'))
redis.call('DEL', KEYS[1] .. ':segments')
-- The MP3 and the parts that it refers to have one life.
local blobs = redis.call('LRANGE', KEYS[1] .. ':parts', 0, -1)
blobs[#blobs + 1] = ARGV[5]
for _, blob in ipairs(blobs) do
  if ARGV[11] == '0' then
    redis.call('ZREM', KEYS[6], blob)
  else
    redis.call('ZADD', KEYS[6], now + ARGV[11], blob)
  end
end
if ARGV[11] ~= '0' then
  redis.call('HSET', KEYS[1], 'mp3_expires_ms', now + ARGV[11])
end
redis.call('SREM', KEYS[5], ARGV[4])
redis.call('HDEL', KEYS[1], 'video_entry', 'error_code', 'error_message')
redis.call('HSET', KEYS[1], 'state', 'done', 'progress', '1', 'updated_ms', now,
  'mp3_blob', ARGV[5], 'mp3_bytes', ARGV[6], 'mp3_ms', ARGV[7],
  'source_cut_off', ARGV[13], 'source_silent', ARGV[14])
tally('conversions_done')
queue_mail(KEYS[1], KEYS[4], ARGV[4], ARGV[8], ARGV[9])
return 1
