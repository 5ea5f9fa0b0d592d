-- Deletes jobs of deleted accounts. An account without jobs leaves the set.
-- ARGV: limit.
-- Returns how many jobs it deleted.
local limit = tonumber(ARGV[1])
local deleted = 0
-- Accounts without jobs count as well, which keeps one call short.
for _ = 1, limit do
  local owner = deleted < limit and redis.call('SRANDMEMBER', DELETED_ACCOUNTS)
  if not owner then break end
  local jobs, active = owner_keys(owner)
  local ids = redis.call('ZRANGE', jobs, 0, limit - deleted - 1)
  for _, id in ipairs(ids) do
    delete_job(id, owner)
  end
  deleted = deleted + #ids
  if redis.call('EXISTS', jobs) == 0 then
    redis.call('DEL', active)
    redis.call('SREM', DELETED_ACCOUNTS, owner)
  end
end
return deleted
