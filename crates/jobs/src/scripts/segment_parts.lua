-- The parts of a conversion, in order.
-- KEYS  1 segments
local answer = {}
for n = 0, (redis.call('HGET', KEYS[1], 'count') or 0) - 1 do
  answer[n + 1] = redis.call('HGET', KEYS[1], n .. ':part') or ''
end
return answer
