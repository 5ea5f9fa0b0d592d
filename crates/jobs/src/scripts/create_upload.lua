-- Creates a resumable upload.
-- ARGV: id, owner, most unfinished jobs and uploads, lifetime (ms), then fields and values
-- of its hash.
-- Returns when it expires (ms), 0 if the owner would have too many, or -2 if the owner's
-- account is deleted.
local id, owner, max_active, lifetime = unpack(ARGV, 1, 4)
local FIXED = 4
local key = upload_key(id)
-- A repeated call, after the first reply was lost.
if redis.call('EXISTS', key) == 0 then
  if redis.call('HEXISTS', account_key(owner), 'deleted') == 1 then
    return -2
  end
  if unfinished(owner) >= tonumber(max_active) then
    return 0
  end
  redis.call('HSET', key, 'owner', owner, 'offset', 0, 'epoch', 0, 'lease_ms', 0, 'piece', 0,
    unpack(ARGV, FIXED + 1))
  local batch = redis.call('HGET', key, 'batch')
  if batch and not enter_batch(owner, batch, id, 'upload') then
    redis.call('HDEL', key, 'batch')
  end
  forget_expired_uploads(owner)
end
return extend_upload(id, lifetime)
