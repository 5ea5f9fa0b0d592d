-- Lists dead letters, newest first.
-- ARGV: kind of work, where to start ('+' or '(ENTRY'), limit.
-- Returns per letter: entry, id, error code, error message, attempts, file name,
-- username, and the time (ms) until which the video is kept, '0' if it is not.
local kind, start, limit = unpack(ARGV)
local reply = {}
for _, letter in ipairs(redis.call('XREVRANGE', QUEUES[kind].dead, start, '-', 'COUNT', limit)) do
  local fields = letter[2]
  local job = redis.call('HMGET', job_key(fields[2]), 'name', 'username', 'video_blob')
  local kept_until = job[3] and redis.call('ZSCORE', GARBAGE, job[3])
  for _, value in ipairs({ letter[1], fields[2], fields[4], fields[6], fields[8],
    job[1] or '', job[2] or '', kept_until or '0' }) do
    reply[#reply + 1] = value
  end
end
return reply
