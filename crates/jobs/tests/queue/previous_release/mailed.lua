-- Ends the work on an email: sent, or given up.
-- ARGV: id, entry, attempt, error code ('' if it was sent), error message.
-- Returns 1, or 0 if the claim is lost.
local id, entry, attempt, code, message = unpack(ARGV)
local job = job_key(id)
local work = job .. ':mail'
if not holds(work, attempt) then
  return 0
end
finish(QUEUES.mail, entry)
if code ~= '' then
  fail(id, 'mail', code, message, true)
  count('mails_failed:' .. code)
  return 1
end
redis.call('HSET', work, 'state', 'done')
redis.call('HDEL', work, 'entry', 'error_code', 'error_message')
end_attempt(job, 'succeeded')
touch(job)
count('mails_sent')
return 1
