-- Ends a conversion for good: the job has failed, and its user is to be told.
-- KEYS  1 job  2 stream  3 leases  4 mp3 stream
--       5 owner's active jobs  6 sweep  7 dead letters
-- ARGV  1 entry  2 attempt  3 group  4 id  5 error code  6 error message
--       7 message  8 channel  9 '1' to keep a dead letter  10 ms to keep the video
--       11 fence of the segment that failed, '' for a conversion in one piece
--       12 its number
-- Answers 1, or 0 where the claim is lost.
local is_whole = ARGV[11] == ''
if not holds_conversion(KEYS[1], ARGV[2], ARGV[11]) then
  return 0
end
if not is_whole then
  end_segment_attempt(KEYS[1], ARGV[12], ARGV[2], 'failed', ARGV[5], ARGV[6])
end
settle(KEYS[2], KEYS[3], ARGV[3], ARGV[1])
drop_segments(KEYS[1], ARGV[3])
end_attempt(KEYS[1], 'failed', ARGV[5], ARGV[6])
redis.call('ZADD', KEYS[6], now + ARGV[10], redis.call('HGET', KEYS[1], 'video_blob'))
redis.call('SREM', KEYS[5], ARGV[4])
redis.call('HDEL', KEYS[1], 'video_entry')
redis.call('HSET', KEYS[1], 'state', 'failed', 'updated_ms', now,
  'error_code', ARGV[5], 'error_message', ARGV[6])
if ARGV[9] == '1' then
  redis.call('HSET', KEYS[1], 'dead_entry', redis.call('XADD', KEYS[7], '*',
    'id', ARGV[4], 'code', ARGV[5], 'error', ARGV[6], 'attempts', redis.call('HGET', KEYS[1], 'attempt')))
end
tally('conversions_failed:' .. ARGV[5])
queue_mail(KEYS[1], KEYS[4], ARGV[4], ARGV[7], ARGV[8])
return 1
