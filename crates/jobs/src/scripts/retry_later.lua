-- Gives a claim back, to be handed out again after a pause.
-- KEYS  1 job  2 stream  3 leases
-- ARGV  1 entry  2 attempt field  3 attempt  4 state field  5 working state
--       6 waiting state  7 pause (ms)  8 error code  9 error message
--       10 prefix of the error fields  11 group  12 kind of work
-- Answers 1, or 0 where the claim is lost.
if not holds(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]) then
  return 0
end
-- Nobody holds it while it pauses: what is pending is what is in flight.
redis.call('XACK', KEYS[2], ARGV[11], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[7], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[4], ARGV[6], 'updated_ms', now,
  ARGV[10] .. '_code', ARGV[8], ARGV[10] .. '_message', ARGV[9])
end_attempt(KEYS[1], 'retrying', ARGV[8], ARGV[9])
tally('retries:' .. ARGV[12] .. ':' .. ARGV[8])
return 1
