-- Claims one due entry of a queue under a lease.
-- ARGV: kind of work, worker, lease (ms).
-- Returns nothing, or: entry, attempt, attempts since queued, deaths at one place, job.
local kind, worker, lease = unpack(ARGV)
local queue = QUEUES[kind]
return claim_due(queue, function(entry, fields)
  local job = job_key(fields[2])
  local work = job .. ':' .. kind
  local state = redis.call('HGET', work, 'state')
  if state == 'running' then
    end_attempt(job, 'lease_expired')
    count('leases_expired:' .. kind)
  elseif state ~= 'queued' then
    return nil
  end
  local attempt = redis.call('HINCRBY', work, 'attempt', 1)
  begin_attempt(job, kind, attempt, worker)
  count('attempts:' .. kind)
  redis.call('HSET', work, 'state', 'running')
  redis.call('ZADD', queue.leases, now + lease, entry)
  touch(job)
  local since_queued = attempt - redis.call('HGET', work, 'attempts_before')
  local deaths = deaths_at_one_place(work, '', state == 'running')
  return append_job({ entry, attempt, since_queued, deaths }, job)
end)
