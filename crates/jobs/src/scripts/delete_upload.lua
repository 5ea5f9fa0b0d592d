-- Deletes a resumable upload, or the job that it became.
-- ARGV: id, owner, epoch of the writer that gives it up, or '' if the owner deletes it.
-- Returns 1, or 0 if the owner has no such upload or the writer has lost its claim.
local id, owner, epoch = unpack(ARGV)
if epoch ~= '' and not holds_upload(id, epoch) then
  return 0
end
local found = redis.call('HMGET', upload_key(id), 'owner', 'consumed', 'is_done')
if found[1] ~= owner or found[2] then
  return 0
end
if found[3] then
  delete_job(id, owner)
else
  drop_upload(id, owner)
end
return 1
