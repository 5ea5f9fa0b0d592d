-- A user's jobs, newest first.
-- KEYS  1 owner's jobs
-- ARGV  1 job key prefix  2 where to start: '+' or '(ID'  3 most
-- Answers per job: the number of fields and values that follow, then those.
local answer = {}
for _, id in ipairs(redis.call('ZREVRANGEBYLEX', KEYS[1], ARGV[2], '-', 'LIMIT', 0, ARGV[3])) do
  local job = redis.call('HGETALL', ARGV[1] .. id)
  answer[#answer + 1] = #job
  for _, part in ipairs(job) do
    answer[#answer + 1] = part
  end
end
return answer
