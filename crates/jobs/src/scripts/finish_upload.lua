-- Ends a resumable upload, of which everything is stored: it becomes a job.
-- ARGV: id, epoch, lifetime (ms), name of the blob, names of those that it refers to
-- (separated by spaces).
-- Returns 1, 0 if the claim is lost, -1 if a blob may have been deleted as garbage, or -2 if
-- the owner's account is deleted.
local id, epoch, lifetime, blob, parts = unpack(ARGV)
local key = upload_key(id)
local found = redis.call('HMGET', key, 'owner', 'epoch', 'is_done', 'length', 'username', 'name',
  'media_type', 'options', 'traceparent', 'notify', 'confirmed', 'batch')
local owner = found[1]
if not owner or found[2] ~= epoch then
  return 0
end
-- A repeated call, after the first reply was lost.
if found[3] then
  return 1
end
if redis.call('HEXISTS', account_key(owner), 'deleted') == 1 then
  return -2
end
if not is_upload_staged(blob, parts) then
  return -1
end
end_upload(id, owner)
record_upload(id, owner, found[12] or '', blob, parts, { 'bytes', found[4],
  'username', found[5], 'name', found[6], 'media_type', found[7], 'options', found[8],
  'traceparent', found[9], 'notify', found[10], 'confirmed', found[11] })
redis.call('HSET', key, 'is_done', 1, 'offset', found[4], 'lease_ms', 0)
extend_upload(id, lifetime)
return 1
