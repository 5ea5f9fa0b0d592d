-- Claims one due segment under a lease.
-- ARGV: worker, lease (ms).
-- Returns nothing, or: entry, plan, number, count, attempt, what all segments share,
-- specification, part ('' until it is encoded), deaths at one place, job.
local worker, lease = unpack(ARGV)
return claim_due(QUEUES.segment, function(entry, fields)
  local job, number, plan = job_key(fields[2]), fields[4], fields[6]
  local work = job .. ':convert'
  local segments = work .. ':segments'
  if redis.call('HGET', work, 'state') ~= 'running' or redis.call('HGET', segments, 'plan') ~= plan then
    return nil
  end
  local attempt = redis.call('HINCRBY', segments, plan .. ':' .. number, 1)
  local has_died = redis.call('HEXISTS', segments, number .. ':claim') == 1
  if has_died then
    end_segment_attempt(job, number, attempt - 1, 'lease_expired')
    count('leases_expired:segment')
  end
  count('attempts:segment')
  redis.call('HSET', segments, number .. ':claim', cjson.encode({ worker = worker, started_ms = now }))
  redis.call('ZADD', QUEUES.segment.leases, now + lease, entry)
  local deaths = deaths_at_one_place(segments, number .. ':', has_died)
  local found = redis.call('HMGET', segments, 'count', 'shared', number .. ':spec', number .. ':part')
  return append_job({ entry, plan, number, found[1], attempt, found[2], found[3], found[4] or '', deaths },
    fields[2])
end)
