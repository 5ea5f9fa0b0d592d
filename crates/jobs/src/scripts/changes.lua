-- Lists what has changed of a user's jobs since a time. Without a time, or with one that has
-- not come yet: all jobs that have not ended, and what has changed in the last minute.
--
-- The scripts record each change for TOUCHED_MS. Those of the release before do not, so the
-- jobs that have not ended, or had not at the query before, are looked at as well, and the
-- newest 100 at the first query of a client. A query after a longer time looks at these too.
-- ARGV: owner, time (ms, or ''), '1' for the first query of a client, else '0', then the
-- unfinished jobs of the reply before.
-- Returns: the time now (ms), '1' if a conversion has not ended, '1' if an email is not
-- sent, the number of deleted jobs, that of unfinished ones, the ids of both, and the
-- changed jobs, oldest first.
local NEWEST, MAX_UNFINISHED, LAST_MINUTE = 100, 500, 60000
local owner, since, is_wide = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local jobs, active = owner_keys(owner)
local is_first = not since or since > now
if is_first then
  since = now - LAST_MINUTE
end

local ids, is_known = {}, {}
local function look_at(more)
  for _, id in ipairs(more) do
    if not is_known[id] then
      ids[#ids + 1], is_known[id] = id, true
    end
  end
end
-- The mail that a job shows is that of its carrier, and changes with it.
local function look_at_carried(carrier)
  local state = redis.call('HGET', mail_key(carrier), 'state')
  if state ~= 'queued' and state ~= 'running' then
    return
  end
  for _, member in ipairs(mail_members(carrier)) do
    if carrier_of(member) == carrier then look_at({ member }) end
  end
end

local is_active = {}
local unended = redis.call('SMEMBERS', active)
for _, id in ipairs(unended) do
  is_active[id] = true
end
look_at(unended)
look_at({ unpack(ARGV, 4) })
if is_wide or is_first or since < now - TOUCHED_MS then
  look_at(redis.call('ZREVRANGEBYLEX', jobs, '+', '-', 'LIMIT', 0, NEWEST))
end
local touched = redis.call('ZRANGEBYSCORE', touched_key(owner), since, '+inf')
look_at(touched)
for _, id in ipairs(touched) do
  look_at_carried(id)
end
table.sort(ids)

local is_converting, is_mailing = next(is_active) and 1 or 0, 0
local changed, unfinished_ids = {}, {}
for _, id in ipairs(ids) do
  local at = redis.call('HGET', job_key(id), 'updated_ms')
  local mail = redis.call('HMGET', mail_key(id), 'state', 'carrier')
  local has_mail = mail[1] == 'queued' or mail[1] == 'running'
  if has_mail then
    is_mailing = 1
  end
  if has_mail or is_active[id] then
    unfinished_ids[#unfinished_ids + 1] = id
  end
  local carrier = mail[2] and carrier_of(id)
  if carrier then
    at = math.max(at or 0, redis.call('HGET', job_key(carrier), 'updated_ms') or 0)
  end
  if at and (tonumber(at) >= since or is_first and is_active[id]) then
    changed[#changed + 1] = id
  end
end
local gone = is_first and {} or redis.call('ZRANGEBYSCORE', gone_key(owner), since, '+inf')
-- The newest: a reply and the next query stay short, whatever waits for its mail.
local from = math.max(1, #unfinished_ids - MAX_UNFINISHED + 1)
local reply = { now, is_converting, is_mailing, #gone, #unfinished_ids - from + 1 }
for _, id in ipairs(gone) do
  reply[#reply + 1] = id
end
for i = from, #unfinished_ids do
  reply[#reply + 1] = unfinished_ids[i]
end
for _, id in ipairs(changed) do
  append_job(reply, id)
end
return reply
