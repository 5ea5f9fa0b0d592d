-- The email about a job or an upload. crates/jobs puts this file behind prelude_batch.lua.
--
-- An upload of several files has one mail, about those of its jobs that belong to it: an
-- operator's requeue takes a job out, which then has a mail of its own. Each ended job has
-- an entry in the queue. While another job of its upload is unfinished, the entry is held
-- back. The first entry that is claimed afterwards carries the mail; the others name it as
-- their `carrier` and are held back until the mail has ended. So no job depends on another
-- one's entry: if the carrier is deleted or a worker of the release before sends the mail
-- about it alone, the other entries are claimed in turn.

-- How long (ms) an entry is held back at most. It is released earlier where a script
-- sees the reason end; only scripts of the release before do not.
local HELD_MS = 600000

local function mail_key(id)
  return job_key(id) .. ':mail'
end

-- Whether an operator has requeued the conversion, so that the job has a mail of its own.
local function is_apart(id)
  return redis.call('HEXISTS', job_key(id), 'requeues') == 1
end

-- The ids of the jobs that have one mail with this one, as uploaded, with its own.
local function mail_members(id)
  local job = job_key(id)
  local upload, batch = redis.call('HGET', job, 'upload'), batch_of(job)
  if not (upload or batch) or is_apart(id) then
    return { id }
  end
  local members = {}
  upload = upload or table.concat(batch_members(batch, 'job'), ' ')
  for member in string.gmatch(upload, '%S+') do
    if redis.call('EXISTS', job_key(member)) == 1 and not is_apart(member) then
      members[#members + 1] = member
    end
  end
  return members
end

local function has_ended(id)
  local state = redis.call('HGET', job_key(id) .. ':convert', 'state')
  return state == 'done' or state == 'failed'
end

local function have_ended(members)
  for _, member in ipairs(members) do
    if not has_ended(member) then return false end
  end
  local batch = members[1] and not is_apart(members[1]) and batch_of(job_key(members[1]))
  return not (batch and has_unfinished_uploads(batch))
end

-- Makes the members of an open batch one upload, whose mail is claimed.
local function close_batch(id, members)
  local batch = not is_apart(id) and batch_of(job_key(id))
  if not batch then
    return
  end
  for _, member in ipairs(members) do
    redis.call('HDEL', job_key(member), 'batch')
    if #members > 1 then
      redis.call('HSET', job_key(member), 'upload', table.concat(members, ' '))
    end
  end
  redis.call('DEL', batch)
end

-- The id of the job that carries the unfinished mail of this one, unless that is itself.
local function carrier_of(id)
  local carrier = redis.call('HGET', mail_key(id), 'carrier')
  if carrier and redis.call('HEXISTS', mail_key(carrier), 'entry') == 1
    and not is_apart(carrier) and not is_apart(id) then
    return carrier
  end
end

-- Those of the members whose mail in this state the job carries.
local function carried_by(id, members, state)
  local carried = {}
  for _, member in ipairs(members) do
    local found = redis.call('HMGET', mail_key(member), 'carrier', 'state')
    if found[1] == id and found[2] == state then
      carried[#carried + 1] = member
    end
  end
  return carried
end

-- Holds back an entry that was just claimed.
local function hold_mail(entry)
  redis.call('XACK', QUEUES.mail.stream, GROUP, entry)
  redis.call('ZADD', QUEUES.mail.leases, now + HELD_MS, entry)
  return HELD
end

-- Claims the entry's mail for all members whose mail is queued.
local function carry_mail(id, members)
  for _, member in ipairs(members) do
    local work = mail_key(member)
    local found = redis.call('HMGET', work, 'state', 'entry')
    if member ~= id and found[1] == 'queued' and found[2] then
      redis.call('HSET', work, 'carrier', id)
      -- An entry that no worker was given yet has no time, and is held back once it is given.
      redis.call('ZADD', QUEUES.mail.leases, 'XX', now + HELD_MS, found[2])
    else
      redis.call('HDEL', work, 'carrier')
    end
  end
end

-- Makes the entries due that were held back, if no job of the members is unfinished. An
-- entry that pauses after an attempt was not held back.
local function release_mails(members)
  if not have_ended(members) then
    return
  end
  local released
  for _, member in ipairs(members) do
    local work = mail_key(member)
    local found = redis.call('HMGET', work, 'state', 'entry', 'carrier', 'attempt', 'attempts_before',
      'held')
    local is_held = found[1] == 'queued' and found[2] and not carrier_of(member)
      and (found[3] or found[6] or found[4] == found[5])
    if is_held then
      redis.call('HDEL', work, 'carrier', 'held')
      redis.call('ZADD', QUEUES.mail.leases, 'XX', now, found[2])
      released = released or member
    end
  end
  if released then
    redis.call('PUBLISH', QUEUES.mail.channel, released)
  end
end

-- Where the mail about the job goes: its address, and '1' if that is confirmed, else '0'.
-- Nothing if no mail may be sent.
local function recipient_of(id)
  local job = redis.call('HMGET', job_key(id), 'owner', 'username', 'notify', 'confirmed')
  local account = redis.call('HMGET', account_key(job[1]), 'deleted', 'email', 'confirmed', 'mails')
  if account[1] then
    return nil
  end
  if account[2] then
    if account[4] ~= '1' then return nil end
    return account[2], account[3] == '1' and '1' or '0'
  end
  if job[3] == '0' then return nil end
  return job[2], job[4] == '1' and '1' or '0'
end

-- Ends the mail of the job without sending it. Scripts of the release before take it for
-- one that was sent.
local function skip_mail(id)
  local job, work = job_key(id), mail_key(id)
  withdraw(job, 'mail')
  redis.call('HDEL', work, 'carrier', 'error_code', 'error_message')
  redis.call('HSETNX', work, 'attempt', 0)
  redis.call('HSET', work, 'state', 'done', 'skipped', 1)
  touch(job)
  count('mails_skipped')
end

-- The job is converted again after its mail has ended: there is no other. A converter of the
-- release before does not know that, and adds an entry, which a claim refuses.
local function close_mail(id)
  local mail = redis.call('HMGET', mail_key(id), 'state', 'entry', 'skipped')
  if mail[1] and not mail[2] then
    redis.call('HSET', job_key(id), 'mail_over', mail[3] and 'skipped' or mail[1])
  end
end

-- Removes what a converter of the release before has made of a mail that is closed.
-- Returns whether it is.
local function restore_mail(id)
  local state = redis.call('HGET', job_key(id), 'mail_over')
  if not state then
    return false
  end
  local work = mail_key(id)
  redis.call('HDEL', job_key(id), 'mail_over')
  redis.call('HDEL', work, 'entry', 'carrier')
  redis.call('HSET', work, 'state', state == 'failed' and state or 'done')
  if state == 'skipped' then redis.call('HSET', work, 'skipped', 1) end
  touch(job_key(id))
  release_mails(mail_members(id))
  return true
end

-- The conversion of the job has ended, and its mail begins. A job that was converted again
-- has one, which is about the new result unless it has been sent.
local function begin_mail(id)
  if redis.call('HEXISTS', mail_key(id), 'state') == 1 then
    redis.call('HDEL', job_key(id), 'mail_over')
    release_mails(mail_members(id))
    return
  end
  redis.call('HDEL', mail_key(id), 'carrier', 'skipped')
  if recipient_of(id) then
    enqueue(id, 'mail')
  else
    skip_mail(id)
    release_mails(mail_members(id))
  end
end

-- Passes on what a job leaves that is deleted or requeued: to the jobs whose mail it
-- carried, or which waited for its end. `others` are the other members, and `dead` has
-- `dead_entry`, `error_code` and `error_message` of its mail from before.
local function pass_mail_on(id, others, dead)
  local heir
  for _, other in ipairs(carried_by(id, others, 'failed')) do
    redis.call('HDEL', mail_key(other), 'carrier')
    if heir then
      redis.call('HSET', mail_key(other), 'carrier', heir)
    elseif dead[1] then
      heir = other
      fail(other, 'mail', dead[2], dead[3], true)
    end
  end
  release_mails(others)
end

-- The members of the job's mail besides the job, and what `pass_mail_on` needs.
local function mail_estate(id)
  local others = {}
  for _, member in ipairs(mail_members(id)) do
    if member ~= id then others[#others + 1] = member end
  end
  return others, redis.call('HMGET', mail_key(id), 'dead_entry', 'error_code', 'error_message')
end

-- Appends the job to a reply: for its own hash and the hash of each kind of work,
-- the number of values that follow, then fields and values. The mail is that of its
-- carrier.
local function append_job(reply, id)
  local job = job_key(id)
  for _, key in ipairs({ job, job .. ':convert', mail_key(carrier_of(id) or id) }) do
    local fields = redis.call('HGETALL', key)
    local kept = key == job and video_kept_ms(job)
    if kept then
      fields[#fields + 1], fields[#fields + 2] = 'video_kept_ms', kept
    end
    reply[#reply + 1] = #fields
    for _, value in ipairs(fields) do
      reply[#reply + 1] = value
    end
  end
  return reply
end

-- Deletes a job in any state. Its blobs become garbage.
local function delete_job(id, owner)
  local job = job_key(id)
  local jobs, active = owner_keys(owner)
  local others, dead = mail_estate(id)
  local batch = batch_of(job)
  if batch then redis.call('HDEL', batch, id) end
  expire_video(job, 0)
  drop_former_mp3(job, 0)
  drop_segments(job)
  withdraw(job, 'convert')
  withdraw(job, 'mail')
  redis.call('SREM', active, id)
  redis.call('ZREM', jobs, id)
  redis.call('ZREM', touched_key(owner), id)
  redis.call('DEL', job, job .. ':convert', job .. ':mail', job .. ':attempts', upload_key(id))
  redis.call('ZADD', gone_key(owner), now, id)
  redis.call('ZREMRANGEBYSCORE', gone_key(owner), '-inf', now - GONE_MS)
  redis.call('PEXPIRE', gone_key(owner), GONE_MS)
  count('jobs_deleted')
  pass_mail_on(id, others, dead)
end
