-- Dead letters, newest first.
-- KEYS  1 dead letters  2 sweep
-- ARGV  1 job key prefix  2 where to start: '+' or '(ENTRY'  3 most
-- Answers per letter: entry, id, error code, error message, attempts, file name,
-- username, and the time (ms) until which the video is kept, 0 without one.
local answer = {}
for _, letter in ipairs(redis.call('XREVRANGE', KEYS[1], ARGV[2], '-', 'COUNT', ARGV[3])) do
  local fields = letter[2]
  local job = redis.call('HMGET', ARGV[1] .. fields[2], 'name', 'username', 'video_blob')
  local kept_until = job[3] and redis.call('ZSCORE', KEYS[2], job[3])
  for _, part in ipairs({ letter[1], fields[2], fields[4], fields[6], fields[8],
    job[1] or '', job[2] or '', kept_until or '0' }) do
    answer[#answer + 1] = part
  end
end
return answer
