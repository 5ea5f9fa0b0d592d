-- Claims one due conversion under a lease.
-- ARGV: worker, lease (ms).
-- Returns nothing, or: entry, attempt, attempts since queued, deaths at one place, job.
local worker, lease = unpack(ARGV)
return claim_due(QUEUES.convert, function(entry, fields)
  local job = job_key(fields[2])
  local work = job .. ':convert'
  local state = redis.call('HGET', work, 'state')
  if state == 'running' then
    end_attempt(job, 'lease_expired')
    count('leases_expired:convert')
  elseif state ~= 'queued' then
    return nil
  end
  local attempt, since_queued = begin_attempt(fields[2], 'convert', entry, worker, lease)
  local deaths = deaths_at_one_place(work, '', state == 'running')
  return append_job({ entry, attempt, since_queued, deaths }, fields[2])
end)
