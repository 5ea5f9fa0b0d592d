-- Deletes jobs and resumable uploads of deleted accounts. An account without any leaves
-- the set.
-- ARGV: limit.
-- Returns how many it deleted.
local limit = tonumber(ARGV[1])
local deleted = 0
-- Accounts without any count as well, which keeps one call short.
for _ = 1, limit do
  local owner = deleted < limit and redis.call('SRANDMEMBER', DELETED_ACCOUNTS)
  if not owner then break end
  local jobs, active = owner_keys(owner)
  local ids = redis.call('ZRANGE', jobs, 0, limit - deleted - 1)
  for _, id in ipairs(ids) do
    delete_job(id, owner)
  end
  local uploads = redis.call('ZRANGE', uploads_key(owner), 0, limit - deleted - #ids - 1)
  for _, id in ipairs(limit > deleted + #ids and uploads or {}) do
    drop_upload(id, owner)
    deleted = deleted + 1
  end
  deleted = deleted + #ids
  if redis.call('EXISTS', jobs, uploads_key(owner)) == 0 then
    redis.call('DEL', active, gone_key(owner), touched_key(owner))
    redis.call('SREM', DELETED_ACCOUNTS, owner)
  end
end
return deleted
