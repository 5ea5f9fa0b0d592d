-- Claims one due conversion under a lease.
-- ARGV: worker, lease (ms).
-- Returns nothing, or: entry, attempt, attempts since queued, deaths at one place, job.
local worker, lease = unpack(ARGV)
local queue = QUEUES.convert
return claim_due(queue, function(entry, fields)
  local job = job_key(fields[2])
  local work = job .. ':convert'
  local state = redis.call('HGET', work, 'state')
  if state == 'running' then
    end_attempt(job, 'lease_expired')
    count('leases_expired:convert')
  elseif state ~= 'queued' then
    return nil
  end
  local attempt = redis.call('HINCRBY', work, 'attempt', 1)
  begin_attempt(job, 'convert', attempt, worker)
  count('attempts:convert')
  redis.call('HSET', work, 'state', 'running')
  redis.call('ZADD', queue.leases, now + lease, entry)
  touch(job)
  local since_queued = attempt - redis.call('HGET', work, 'attempts_before')
  local deaths = deaths_at_one_place(work, '', state == 'running')
  return append_job({ entry, attempt, since_queued, deaths }, fields[2])
end)
