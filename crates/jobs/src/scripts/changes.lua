-- Lists what has changed of a user's jobs since a time: of the newest 100 jobs and of all
-- that have not ended. Without a time, or with one that has not come yet: all jobs that
-- have not ended, and what has changed in the last minute.
-- ARGV: owner, time (ms, or '').
-- Returns: the time now (ms), '1' if a conversion has not ended, '1' if an email is not
-- sent, the number of deleted jobs, their ids, and the changed jobs, oldest first.
local NEWEST, LAST_MINUTE = 100, 60000
local owner, since = ARGV[1], tonumber(ARGV[2])
local jobs, active = owner_keys(owner)
local is_first = not since or since > now
if is_first then
  since = now - LAST_MINUTE
end
local ids, is_active = redis.call('ZREVRANGEBYLEX', jobs, '+', '-', 'LIMIT', 0, NEWEST), {}
for _, id in ipairs(redis.call('SMEMBERS', active)) do
  is_active[id] = true
end
local is_converting, is_mailing = next(is_active) and 1 or 0, 0
local missing = {}
for id in pairs(is_active) do
  missing[id] = true
end
for _, id in ipairs(ids) do
  missing[id] = nil
end
for id in pairs(missing) do
  ids[#ids + 1] = id
end
table.sort(ids)

local changed = {}
for _, id in ipairs(ids) do
  local at = redis.call('HGET', job_key(id), 'updated_ms')
  local mail = redis.call('HMGET', mail_key(id), 'state', 'carrier')
  if mail[1] == 'queued' or mail[1] == 'running' then
    is_mailing = 1
  end
  -- The mail that a job shows is that of its carrier.
  local carrier = mail[2] and carrier_of(id)
  if carrier then
    at = math.max(at or 0, redis.call('HGET', job_key(carrier), 'updated_ms') or 0)
  end
  if at and (tonumber(at) >= since or is_first and is_active[id]) then
    changed[#changed + 1] = id
  end
end
local gone = is_first and {} or redis.call('ZRANGEBYSCORE', gone_key(owner), since, '+inf')
local reply = { now, is_converting, is_mailing, #gone }
for _, id in ipairs(gone) do
  reply[#reply + 1] = id
end
for _, id in ipairs(changed) do
  append_job(reply, id)
end
return reply
