-- Gives a segment back, to be handed out again after a pause.
-- KEYS  1 job  2 stream  3 leases
-- ARGV  1 entry  2 fence  3 attempt  4 number  5 pause (ms)  6 error code
--       7 error message  8 group
-- Answers 1, or 0 where the claim is lost.
if not holds_segment(KEYS[1], ARGV[2], ARGV[3]) then
  return 0
end
redis.call('XACK', KEYS[2], ARGV[8], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[5], ARGV[1])
redis.call('HSET', KEYS[1], 'updated_ms', now,
  'error_code', ARGV[6], 'error_message', ARGV[7])
end_segment_attempt(KEYS[1], ARGV[4], ARGV[3], 'retrying', ARGV[6], ARGV[7])
tally('retries:segment:' .. ARGV[6])
return 1
