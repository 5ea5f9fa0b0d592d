-- Records uploaded files as jobs, queues them and rings the bell: all or none.
-- KEYS  1 stream  2 owner's jobs  3 owner's active jobs  4 sweep
-- ARGV  1 job key prefix  2 owner  3 username  4 most active jobs  5 channel
--       6 traceparent, then per job: id, name, media type, bytes, blob, message,
--       options as JSON
-- Answers the number of jobs accepted: all of them, 0 where there would be too
-- many, or -1 where a blob was staged too long ago and may be swept already.
local FIXED, PER_JOB = 6, 7
local count = (#ARGV - FIXED) / PER_JOB
-- Asked again, since the answer was lost on its way.
if count > 0 and redis.call('EXISTS', ARGV[1] .. ARGV[FIXED + 1]) == 1 then
  return count
end
if redis.call('SCARD', KEYS[3]) + count > tonumber(ARGV[4]) then
  return 0
end
for i = 0, count - 1 do
  local litter_from = redis.call('ZSCORE', KEYS[4], ARGV[FIXED + i * PER_JOB + 5])
  if not litter_from or tonumber(litter_from) <= now then
    return -1
  end
end
for i = 0, count - 1 do
  local at = FIXED + i * PER_JOB
  local id, blob, message, options = ARGV[at + 1], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  local entry = redis.call('XADD', KEYS[1], '*', 'id', id, 'message', message)
  redis.call('HSET', ARGV[1] .. id,
    'id', id, 'owner', ARGV[2], 'username', ARGV[3],
    'name', ARGV[at + 2], 'media_type', ARGV[at + 3], 'bytes', ARGV[at + 4],
    'options', options,
    'video_blob', blob, 'video_entry', entry, 'traceparent', ARGV[6],
    'state', 'queued', 'progress', '0', 'attempt', '0',
    'created_ms', now, 'updated_ms', now)
  redis.call('ZADD', KEYS[2], 0, id)
  redis.call('SADD', KEYS[3], id)
  redis.call('ZREM', KEYS[4], blob)
  tally('jobs_accepted')
  redis.call('PUBLISH', ARGV[5], message)
end
return count
