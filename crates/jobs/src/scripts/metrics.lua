-- What there is to watch.
-- KEYS  1 counters, then per queue: stream, leases, dead letters
-- ARGV  1 group
-- Answers per queue: entries, entries in flight, the time (ms) for which the
-- longest waiting has been due, dead letters; then the counters and values.
local answer = {}
for i = 2, #KEYS, 3 do
  local pending = redis.pcall('XPENDING', KEYS[i], ARGV[1])
  local since = now
  -- Due again after a lost lease or a pause; or never handed out, where the
  -- entry's id begins with the time of its making.
  local again = redis.call('ZRANGEBYSCORE', KEYS[i + 1], '-inf', now,
    'WITHSCORES', 'LIMIT', 0, 1)
  if again[1] then
    since = math.min(since, tonumber(again[2]))
  end
  local unheard = first_unheard(KEYS[i], ARGV[1])
  if unheard then
    since = math.min(since, tonumber(string.match(unheard, '^%d+')))
  end
  answer[#answer + 1] = redis.call('XLEN', KEYS[i])
  answer[#answer + 1] = pending.err and 0 or pending[1]
  answer[#answer + 1] = now - since
  answer[#answer + 1] = redis.call('XLEN', KEYS[i + 2])
end
for _, part in ipairs(redis.call('HGETALL', KEYS[1])) do
  answer[#answer + 1] = part
end
return answer
