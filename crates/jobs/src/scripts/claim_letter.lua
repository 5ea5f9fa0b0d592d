-- Claims one due letter under a lease.
-- ARGV: lease (ms).
-- Returns nothing, or: id, entry, attempt, attempts since queued, sealed letter.
local lease = ARGV[1]
return claim_due(QUEUES.letter, function(entry, fields)
  local id = fields[2]
  local letter = letter_key(id)
  local found = redis.call('HMGET', letter, 'entry', 'state', 'attempts_before', 'sealed')
  if found[1] ~= entry then
    return nil
  end
  if found[2] == 'running' then
    count('leases_expired:letter')
  end
  local attempt = redis.call('HINCRBY', letter, 'attempt', 1)
  count('attempts:letter')
  redis.call('HSET', letter, 'state', 'running')
  redis.call('ZADD', QUEUES.letter.leases, now + lease, entry)
  return { id, entry, attempt, attempt - found[3], found[4] }
end)
