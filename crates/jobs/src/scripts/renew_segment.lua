-- Extends the lease on a segment and notes its progress.
-- KEYS  1 job  2 leases
-- ARGV  1 entry  2 fence  3 attempt  4 lease (ms)  5 number  6 progress (0 to 1)
-- Answers 1, or 0 where the claim is lost.
if not holds_segment(KEYS[1], ARGV[2], ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
segment_progress(KEYS[1], ARGV[5], tonumber(ARGV[6]))
return 1
