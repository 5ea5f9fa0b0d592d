-- Hands one due entry to a worker under a lease.
-- KEYS  1 stream  2 leases
-- ARGV  1 job key prefix  2 group  3 consumer  4 lease (ms)
--       5 attempt field  6 state field  7 waiting state  8 working state
--       9 base field  10 kind of work  11 worker
-- Answers nothing, or: entry, attempt, tries since it was (re)queued, then the
-- job's fields and values.
return claim_due(KEYS[1], KEYS[2], ARGV[2], ARGV[3], function(entry, fields)
  local job = ARGV[1] .. fields[2]
  local state = redis.call('HGET', job, ARGV[6])
  if state == ARGV[8] then
    end_attempt(job, 'lease_expired')
    tally('leases_expired:' .. ARGV[10])
  elseif state ~= ARGV[7] then
    return
  end
  local attempt = redis.call('HINCRBY', job, ARGV[5], 1)
  begin_attempt(job, ARGV[10], attempt, ARGV[11])
  tally('attempts:' .. ARGV[10])
  redis.call('HSET', job, ARGV[6], ARGV[8], 'updated_ms', now)
  redis.call('ZADD', KEYS[2], now + ARGV[4], entry)
  local tries = attempt - (redis.call('HGET', job, ARGV[9]) or 0)
  local answer = { entry, attempt, tries }
  for _, part in ipairs(redis.call('HGETALL', job)) do
    answer[#answer + 1] = part
  end
  return answer
end)
