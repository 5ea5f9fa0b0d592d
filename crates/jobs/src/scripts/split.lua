-- Cuts a conversion into segments: its entry gives way to one for each of them.
-- KEYS  1 job  2 video stream  3 video leases
-- ARGV  1 entry  2 attempt  3 group  4 id  5 message  6 channel  7 what they share
--       then a specification per segment
-- Answers 1, or 0 where the claim is lost.
local FIXED = 7
local hash = KEYS[1] .. ':segments'
-- Asked again, since the answer was lost on its way.
if redis.call('HGET', hash, 'plan') == ARGV[2] then
  return 1
end
if not holds(KEYS[1], 'attempt', ARGV[2], 'state', 'converting') then
  return 0
end
settle(KEYS[2], KEYS[3], ARGV[3], ARGV[1])
redis.call('HSET', hash, 'plan', ARGV[2], 'count', #ARGV - FIXED,
  'left', #ARGV - FIXED, 'shared', ARGV[7])
for i = FIXED + 1, #ARGV do
  local number = i - FIXED - 1
  redis.call('HSET', hash, number .. ':spec', ARGV[i], number .. ':entry',
    redis.call('XADD', SEGMENTS, '*', 'id', ARGV[4], 'number', number, 'plan', ARGV[2]))
end
redis.call('HDEL', KEYS[1], 'video_entry')
redis.call('HSET', KEYS[1], 'progress', '0', 'updated_ms', now)
tally('conversions_cut')
redis.call('PUBLISH', ARGV[6], ARGV[5])
return 1
