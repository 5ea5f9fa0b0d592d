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
  local entry, id
  -- What waits longest first: an entry whose lease or pause ran out was queued
  -- before anything that was never handed out.
  local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1)
  if due[1] then
    entry = due[1]
    local found = redis.call('XRANGE', KEYS[1], entry, entry)
    if found[1] then
      id = found[1][2][2]
      redis.call('XCLAIM', KEYS[1], ARGV[2], ARGV[3], 0, entry, 'FORCE', 'JUSTID')
    end
  else
    local read = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[3], 'COUNT', 1,
      'STREAMS', KEYS[1], '>')
    if not read or not read[1] then
      return {}
    end
    entry = read[1][2][1][1]
    id = read[1][2][1][2][2]
  end
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
