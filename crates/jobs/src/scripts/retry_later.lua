-- Gives a claim back, to be handed out again after a pause.
-- KEYS  1 job  2 leases
-- ARGV  1 entry  2 attempt field  3 attempt  4 state field  5 working state
--       6 waiting state  7 pause (ms)  8 error code  9 error message
--       10 prefix of the error fields
-- Answers 1, or 0 where the claim is lost.
if not holds(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]) then
  return 0
end
redis.call('ZADD', KEYS[2], now + ARGV[7], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[4], ARGV[6], 'updated_ms', now,
  ARGV[10] .. '_code', ARGV[8], ARGV[10] .. '_message', ARGV[9])
return 1
