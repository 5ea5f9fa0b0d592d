-- Returns a claimed entry to its queue, due again after a pause.
-- ARGV: id, kind of work, entry, attempt, pause (ms), error code, error message.
-- Returns 1, or 0 if the claim is lost.
local id, kind, entry, attempt, pause, code, message = unpack(ARGV)
local job, queue = job_key(id), QUEUES[kind]
local work = job .. ':' .. kind
if not holds(work, attempt) then
  return 0
end
-- Acknowledged during the pause: only claimed entries count as pending.
redis.call('XACK', queue.stream, GROUP, entry)
redis.call('ZADD', queue.leases, now + pause, entry)
redis.call('HSET', work, 'state', 'queued', 'error_code', code, 'error_message', message)
end_attempt(job, 'retrying', code, message)
touch(job)
count('retries:' .. kind .. ':' .. code)
return 1
