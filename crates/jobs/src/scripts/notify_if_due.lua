-- Notifies the workers again if an entry is due.
-- ARGV: payload, shortest time between two such notifications (ms), kind of work that
-- has the channel, further kinds on that channel.
-- Returns 1 if it notified, else 0.
local payload, interval, kind = unpack(ARGV, 1, 3)
local is_due = false
forget_old_letters()
for i = 3, #ARGV do
  local queue = QUEUES[ARGV[i]]
  is_due = is_due or redis.call('ZCOUNT', queue.leases, '-inf', now) > 0 or first_undelivered(queue)
end
-- Notifications wait behind a busy worker, and more of them would achieve nothing.
local queue = QUEUES[kind]
if is_due and redis.call('SET', queue.stream .. ':last_notified', now, 'NX', 'PX', interval) then
  redis.call('PUBLISH', queue.channel, payload)
  return 1
end
return 0
