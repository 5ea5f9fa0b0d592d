-- Claims one due email under a lease. It is about all jobs of its upload whose mail is
-- queued.
-- ARGV: worker, lease (ms).
-- Returns nothing, or: id of the job that carries it, entry, attempt, attempts since
-- queued, address, '1' if that is confirmed else '0', id of the upload ('' for a job with
-- a mail of its own), and the jobs as uploaded.
local worker, lease = unpack(ARGV)
return claim_due(QUEUES.mail, function(entry, fields)
  local id = fields[2]
  local job, work = job_key(id), mail_key(id)
  local state = redis.call('HGET', work, 'state')
  if restore_mail(id) then
    return nil
  elseif state == 'running' then
    end_attempt(job, 'lease_expired')
    count('leases_expired:mail')
    redis.call('HSET', work, 'state', 'queued')
  elseif state ~= 'queued' then
    return nil
  end
  local members = mail_members(id)
  local address, is_confirmed = recipient_of(id)
  if carrier_of(id) then
    return hold_mail(entry)
  elseif not address then
    skip_mail(id)
    release_mails(members)
    return nil
  elseif not have_ended(members) then
    redis.call('HSET', work, 'held', 1)
    return hold_mail(entry)
  end
  redis.call('HDEL', work, 'held')
  close_batch(id, members)
  carry_mail(id, members)
  local attempt, since_queued = begin_attempt(id, 'mail', entry, worker, lease)
  local upload = not is_apart(id) and redis.call('HGET', job, 'upload') or ''
  local reply = { id, entry, attempt, since_queued, address, is_confirmed,
    string.match(upload, '%S*') }
  for _, member in ipairs(members) do
    if member == id or carrier_of(member) == id then
      append_job(reply, member)
    end
  end
  return reply
end)
