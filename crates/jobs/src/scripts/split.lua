-- Splits a conversion: an entry per segment replaces its own.
-- ARGV: id, entry, attempt, what all segments share, then a specification per segment.
-- Returns 1, or 0 if the claim is lost.
local id, entry, attempt, shared = unpack(ARGV, 1, 4)
local FIXED = 4
local job = job_key(id)
local work = job .. ':convert'
local segments = work .. ':segments'
-- A repeated call, after the first reply was lost.
if redis.call('HGET', segments, 'plan') == attempt then
  return 1
end
if not holds(work, attempt) then
  return 0
end
finish(QUEUES.convert, entry)
local total = #ARGV - FIXED
redis.call('HSET', segments, 'plan', attempt, 'count', total, 'left', total, 'shared', shared)
for number = 0, total - 1 do
  redis.call('HSET', segments, number .. ':spec', ARGV[FIXED + number + 1], number .. ':entry',
    redis.call('XADD', QUEUES.segment.stream, '*', 'id', id, 'number', number, 'plan', attempt))
end
redis.call('HDEL', work, 'entry')
redis.call('HSET', work, 'progress', 0)
touch(job)
count('conversions_cut')
redis.call('PUBLISH', QUEUES.convert.channel, id)
return 1
