-- Ends the work on an email: sent, or given up.
-- ARGV: id of the job that carries it, entry, attempt, error code ('' if it was sent),
-- error message.
-- Returns 1, or 0 if the claim is lost.
local id, entry, attempt, code, message = unpack(ARGV)
local work = mail_key(id)
if not holds(work, attempt) then
  return 0
end
local carried = carried_by(id, mail_members(id), 'queued')
for _, other in ipairs(carried) do
  local theirs = mail_key(other)
  finish(QUEUES.mail, redis.call('HGET', theirs, 'entry'))
  -- Numbers of attempts never decrease.
  if tonumber(attempt) > tonumber(redis.call('HGET', theirs, 'attempt')) then
    redis.call('HSET', theirs, 'attempt', attempt)
  end
end
finish(QUEUES.mail, entry)
if code ~= '' then
  fail(id, 'mail', code, message, true)
  for _, other in ipairs(carried) do
    -- They name the carrier, whose dead letter is theirs.
    fail(other, 'mail', code, message, false)
  end
  count('mails_failed:' .. code)
  return 1
end
end_attempt(job_key(id), 'succeeded')
carried[#carried + 1] = id
for _, one in ipairs(carried) do
  redis.call('HSET', mail_key(one), 'state', 'done')
  redis.call('HDEL', mail_key(one), 'entry', 'carrier', 'error_code', 'error_message')
  touch(job_key(one))
end
count('mails_sent')
return 1
