-- Rings a bell when work is due and nobody may have heard of it.
-- KEYS  1 stream  2 leases  3 rung
-- ARGV  1 group  2 channel  3 message  4 shortest time between rings (ms)
-- Answers 1 where it rang, else 0.
local due = redis.call('ZCOUNT', KEYS[2], '-inf', now) > 0
  or first_unheard(KEYS[1], ARGV[1])
-- Bells queue up behind a busy worker; a few are as good as many.
if due and redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[4]) then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
  return 1
end
return 0
