-- Returns a claimed segment to its queue, due again after a pause.
-- ARGV: id, entry, fence, attempt, number, pause (ms), error code, error message.
-- Returns 1, or 0 if the claim is lost.
local id, entry, fence, attempt, number, pause, code, message = unpack(ARGV)
local job, queue = job_key(id), QUEUES.segment
local work = job .. ':convert'
if not holds_segment(work, fence, attempt) then
  return 0
end
redis.call('XACK', queue.stream, GROUP, entry)
redis.call('ZADD', queue.leases, now + pause, entry)
redis.call('HSET', work, 'error_code', code, 'error_message', message)
end_segment_attempt(job, number, attempt, 'retrying', code, message)
touch(job)
count('retries:segment:' .. code)
return 1
