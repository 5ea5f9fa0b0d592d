-- Extends a lease and notes progress.
-- KEYS  1 job  2 leases
-- ARGV  1 entry  2 attempt field  3 attempt  4 state field  5 working state
--       6 lease (ms)  7 progress (0 to 1)
-- Answers 1, or 0 where the claim is lost.
if not holds(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]) then
  return 0
end
redis.call('ZADD', KEYS[2], now + ARGV[6], ARGV[1])
redis.call('HSET', KEYS[1], 'progress', ARGV[7], 'updated_ms', now)
return 1
