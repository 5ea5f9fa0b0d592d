-- Rings a bell when work is due and nobody may have heard of it.
-- KEYS  1 rung, then per queue that the bell is for: stream, leases
-- ARGV  1 group  2 channel  3 message  4 shortest time between rings (ms)
-- Answers 1 where it rang, else 0.
local due = false
for i = 2, #KEYS, 2 do
  due = due or redis.call('ZCOUNT', KEYS[i + 1], '-inf', now) > 0
    or first_unheard(KEYS[i], ARGV[1])
end
-- Bells queue up behind a busy worker; a few are as good as many.
if due and redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[4]) then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
  return 1
end
return 0
