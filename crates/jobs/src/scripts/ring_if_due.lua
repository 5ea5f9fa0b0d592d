-- Rings a bell when work is due and nobody may have heard of it.
-- KEYS  1 stream  2 leases  3 rung
-- ARGV  1 group  2 channel  3 message  4 shortest time between rings (ms)
-- Answers 1 where it rang, else 0.
local due = redis.call('ZCOUNT', KEYS[2], '-inf', now) > 0
if not due then
  -- Has anything never been handed out?
  local last = '0-0'
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
  for _, group in ipairs(groups.err and {} or groups) do
    local fields = {}
    for i = 1, #group, 2 do
      fields[group[i]] = group[i + 1]
    end
    if fields['name'] == ARGV[1] then
      last = fields['last-delivered-id']
    end
  end
  due = #redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1) > 0
end
-- Bells queue up behind a busy worker; a few are as good as many.
if due and redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[4]) then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
  return 1
end
return 0
