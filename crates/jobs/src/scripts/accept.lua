-- Records uploaded files as jobs, queues them and notifies the workers: all or none.
-- ARGV: owner, username, most active jobs, traceparent, '1' if emails may be sent else '0',
-- '1' if the address is confirmed else '0'; then per job: id, name, media type, bytes,
-- blob, options as JSON.
-- Returns the number of jobs, 0 if the owner would have too many, -1 if a blob may have
-- been deleted as garbage, or -2 if the owner's account is deleted.
local owner, username, max_active, traceparent, notify, confirmed = unpack(ARGV, 1, 6)
local FIXED, PER_JOB = 6, 6
local total = (#ARGV - FIXED) / PER_JOB
-- A repeated call, after the first reply was lost.
if total > 0 and redis.call('EXISTS', job_key(ARGV[FIXED + 1])) == 1 then
  return total
end
if redis.call('HEXISTS', account_key(owner), 'deleted') == 1 then
  return -2
end
if unfinished(owner) + total > tonumber(max_active) then
  return 0
end
for i = FIXED, #ARGV - 1, PER_JOB do
  if not is_staged(ARGV[i + 5]) then
    return -1
  end
end
local ids = {}
for i = FIXED, #ARGV - 1, PER_JOB do
  ids[#ids + 1] = ARGV[i + 1]
end
for i = FIXED, #ARGV - 1, PER_JOB do
  local id, name, media_type, bytes, blob, options = unpack(ARGV, i + 1, i + PER_JOB)
  if total > 1 then
    redis.call('HSET', job_key(id), 'upload', table.concat(ids, ' '))
  end
  record_job(id, owner, { 'username', username, 'name', name, 'media_type', media_type,
    'bytes', bytes, 'options', options, 'video_blob', blob, 'traceparent', traceparent,
    'notify', notify, 'confirmed', confirmed })
end
return total
