-- Returns for the queues of conversions, segments, emails and letters: entries, entries
-- in flight, for how long (ms) the oldest has been due, dead letters. Then counters and
-- values.
forget_old_letters()
local reply = {}
for _, kind in ipairs({ 'convert', 'segment', 'mail', 'letter' }) do
  local queue = QUEUES[kind]
  local pending = redis.pcall('XPENDING', queue.stream, GROUP)
  local since = now
  local due = redis.call('ZRANGEBYSCORE', queue.leases, '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1)
  if due[1] then
    since = math.min(since, tonumber(due[2]))
  end
  -- The id of an entry starts with the time at which it was added.
  local undelivered = first_undelivered(queue)
  if undelivered then
    since = math.min(since, tonumber(string.match(undelivered, '^%d+')))
  end
  reply[#reply + 1] = redis.call('XLEN', queue.stream)
  reply[#reply + 1] = pending.err and 0 or pending[1]
  reply[#reply + 1] = now - since
  reply[#reply + 1] = redis.call('XLEN', queue.dead)
end
for _, value in ipairs(redis.call('HGETALL', METRICS)) do
  reply[#reply + 1] = value
end
return reply
