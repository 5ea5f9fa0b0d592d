-- Records uploaded files as jobs, queues them and notifies the workers: all or none.
-- ARGV: owner, username, most active jobs, traceparent; then per job: id, name, media
-- type, bytes, blob, options as JSON.
-- Returns the number of jobs, 0 if the owner would have too many, or -1 if a blob may
-- have been deleted as garbage.
local owner, username, max_active, traceparent = unpack(ARGV, 1, 4)
local FIXED, PER_JOB = 4, 6
local jobs, active = owner_keys(owner)
local total = (#ARGV - FIXED) / PER_JOB
-- A repeated call, after the first reply was lost.
if total > 0 and redis.call('EXISTS', job_key(ARGV[FIXED + 1])) == 1 then
  return total
end
if redis.call('SCARD', active) + total > tonumber(max_active) then
  return 0
end
for i = FIXED, #ARGV - 1, PER_JOB do
  if not is_staged(ARGV[i + 5]) then
    return -1
  end
end
for i = FIXED, #ARGV - 1, PER_JOB do
  local id, name, media_type, bytes, blob, options = unpack(ARGV, i + 1, i + PER_JOB)
  redis.call('HSET', job_key(id), 'id', id, 'owner', owner, 'username', username,
    'name', name, 'media_type', media_type, 'bytes', bytes, 'options', options,
    'video_blob', blob, 'traceparent', traceparent, 'created_ms', now, 'updated_ms', now)
  redis.call('ZADD', jobs, 0, id)
  redis.call('SADD', active, id)
  redis.call('ZREM', GARBAGE, blob)
  count('jobs_accepted')
  enqueue(id, 'convert')
end
return total
