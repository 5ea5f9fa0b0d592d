-- Extends a lease and sets the progress.
-- ARGV: id, kind of work, entry, attempt, lease (ms), progress (0 to 1).
-- Returns 1, or 0 if the claim is lost.
local id, kind, entry, attempt, lease, progress = unpack(ARGV)
local job = job_key(id)
local work = job .. ':' .. kind
if not holds(work, attempt) then
  return 0
end
redis.call('ZADD', QUEUES[kind].leases, now + lease, entry)
redis.call('HSET', work, 'progress', progress)
touch(job)
return 1
