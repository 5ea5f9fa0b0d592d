-- Keeps the part that a segment became. Whoever brings the last one keeps the
-- claim, to join them all.
-- KEYS  1 job  2 stream  3 leases  4 sweep
-- ARGV  1 entry  2 fence  3 attempt  4 group  5 number  6 blob  7 part
-- Answers 1, 2 where it was the last, or 0 where the claim is lost or the blob
-- may be swept already.
local hash = KEYS[1] .. ':segments'
local known = redis.call('HGET', hash, ARGV[5] .. ':part')
if known then
  -- Asked again, since the answer was lost on its way.
  local left = redis.call('HGET', hash, 'left')
  return known == ARGV[7] and (left == '0' and 2 or 1) or 0
end
if not holds_segment(KEYS[1], ARGV[2], ARGV[3]) then
  return 0
end
local litter_from = redis.call('ZSCORE', KEYS[4], ARGV[6])
if not litter_from or tonumber(litter_from) <= now then
  return 0
end
redis.call('ZREM', KEYS[4], ARGV[6])
redis.call('HSET', hash, ARGV[5] .. ':part', ARGV[7])
redis.call('RPUSH', KEYS[1] .. ':parts', ARGV[6])
segment_progress(KEYS[1], ARGV[5], 1)
if redis.call('HINCRBY', hash, 'left', -1) == 0 then
  return 2
end
redis.call('HDEL', hash, ARGV[5] .. ':held', ARGV[2])
settle(KEYS[2], KEYS[3], ARGV[4], ARGV[1])
return 1
