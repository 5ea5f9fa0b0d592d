-- Hands one due segment to a worker under a lease.
-- KEYS  1 stream  2 leases
-- ARGV  1 job key prefix  2 group  3 consumer  4 lease (ms)  5 worker
-- Answers nothing, or: entry, plan, number, count, attempt, what the segments
-- share, specification, part where it is encoded already ('' if not), then the
-- job's fields and values.
return claim_due(KEYS[1], KEYS[2], ARGV[2], ARGV[3], function(entry, fields)
  local number, plan = fields[4], fields[6]
  local job = ARGV[1] .. fields[2]
  local hash = job .. ':segments'
  if redis.call('HGET', job, 'state') ~= 'converting'
    or redis.call('HGET', hash, 'plan') ~= plan then
    return
  end
  local attempt = redis.call('HINCRBY', hash, plan .. ':' .. number, 1)
  if redis.call('HEXISTS', hash, number .. ':held') == 1 then
    end_segment_attempt(job, number, attempt - 1, 'lease_expired')
    tally('leases_expired:segment')
  end
  tally('attempts:segment')
  redis.call('HSET', hash, number .. ':held',
    cjson.encode({ worker = ARGV[5], started_ms = now }))
  redis.call('ZADD', KEYS[2], now + ARGV[4], entry)
  local found = redis.call('HMGET', hash, 'count', 'shared',
    number .. ':spec', number .. ':part')
  local answer = { entry, plan, number, found[1], attempt, found[2], found[3],
    found[4] or '' }
  for _, part in ipairs(redis.call('HGETALL', job)) do
    answer[#answer + 1] = part
  end
  return answer
end)
