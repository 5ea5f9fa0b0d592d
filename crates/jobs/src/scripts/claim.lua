-- Hands one due entry to a worker under a lease.
-- KEYS  1 stream  2 leases
-- ARGV  1 job key prefix  2 group  3 consumer  4 lease (ms)
--       5 attempt field  6 state field  7 waiting state  8 working state
--       9 base field  10 kind of work  11 worker
-- Answers nothing, or: entry, attempt, tries since it was (re)queued, then the
-- job's fields and values.
redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[2], '0', 'MKSTREAM')

-- Entries whose job is gone or already past this work are dropped on the way;
-- the bound keeps one call short however many there are.
for _ = 1, 1000 do
  local entry, fields = next_due(KEYS[1], KEYS[2], ARGV[2], ARGV[3])
  if not entry then
    return {}
  end
  local id = fields and fields[2]
  if id then
    local job = ARGV[1] .. id
    local state = redis.call('HGET', job, ARGV[6])
    if state == ARGV[7] or state == ARGV[8] then
      if state == ARGV[8] then
        end_attempt(job, 'lease_expired')
        tally('leases_expired:' .. ARGV[10])
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
    end
  end
  settle(KEYS[1], KEYS[2], ARGV[2], entry)
end
return {}
