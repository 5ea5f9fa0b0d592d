-- Ends a conversion well: the job is done, its video litter, its email due.
-- KEYS  1 job  2 video stream  3 video leases  4 mp3 stream
--       5 owner's active jobs  6 sweep
-- ARGV  1 entry  2 attempt  3 group  4 id  5 mp3 blob  6 mp3 bytes
--       7 mp3 playing time (ms)  8 message  9 channel
-- Answers 1, or 0 where the claim is lost or the MP3 may be swept already.
if not holds(KEYS[1], 'attempt', ARGV[2], 'state', 'converting') then
  return 0
end
local litter_from = redis.call('ZSCORE', KEYS[6], ARGV[5])
if not litter_from or tonumber(litter_from) <= now then
  return 0
end
settle(KEYS[2], KEYS[3], ARGV[3], ARGV[1])
local entry = redis.call('XADD', KEYS[4], '*', 'id', ARGV[4], 'message', ARGV[8])
redis.call('ZADD', KEYS[6], now, redis.call('HGET', KEYS[1], 'video_blob'))
redis.call('ZREM', KEYS[6], ARGV[5])
redis.call('SREM', KEYS[5], ARGV[4])
redis.call('HDEL', KEYS[1], 'video_entry', 'video_blob', 'error_code', 'error_message')
redis.call('HSET', KEYS[1], 'state', 'done', 'progress', '1', 'updated_ms', now,
  'mp3_blob', ARGV[5], 'mp3_bytes', ARGV[6], 'mp3_ms', ARGV[7],
  'mp3_entry', entry, 'mail_state', 'pending', 'mail_attempt', '0')
redis.call('PUBLISH', ARGV[9], ARGV[8])
return 1
