-- Joins partial uploads, each of which is complete, to a final one, which becomes a job.
-- ARGV: id, owner, lifetime (ms), length, username, name, media type, options, traceparent,
-- '1' if emails may be sent else '0', '1' if the address is confirmed else '0', metadata,
-- batch or '', name of the blob, names of those that it refers to, ids of the partial uploads (both
-- separated by spaces).
-- Returns when the upload expires (ms), 0 if a partial upload is gone or incomplete, -1 if a
-- blob may have been deleted as garbage, or -2 if the owner's account is deleted.
local id, owner, lifetime, length, username, name, media_type, options, traceparent, notify,
  confirmed, metadata, batch, blob, parts, partials = unpack(ARGV)
local key = upload_key(id)
-- A repeated call, after the first reply was lost.
if redis.call('EXISTS', key) == 1 then
  return extend_upload(id, lifetime)
end
if redis.call('HEXISTS', account_key(owner), 'deleted') == 1 then
  return -2
end
for partial in string.gmatch(partials, '%S+') do
  local found = redis.call('HMGET', upload_key(partial), 'owner', 'concat', 'consumed', 'offset', 'length')
  if found[1] ~= owner or found[2] ~= 'partial' or found[3] or found[4] ~= found[5] then
    return 0
  end
end
if not is_upload_staged(blob, parts) then
  return -1
end
for partial in string.gmatch(partials, '%S+') do
  end_upload(partial, owner)
  -- What is left answers a repeated request for the final upload.
  redis.call('DEL', upload_key(partial))
  redis.call('HSET', upload_key(partial), 'owner', owner, 'consumed', id)
  redis.call('PEXPIRE', upload_key(partial), lifetime)
end
redis.call('HSET', key, 'owner', owner, 'offset', length, 'length', length, 'name', name,
  'media_type', media_type, 'options', options, 'metadata', metadata, 'concat', 'final',
  'partials', partials, 'epoch', 0, 'lease_ms', 0, 'piece', 0, 'is_done', 1)
record_upload(id, owner, batch, blob, parts, { 'bytes', length, 'username', username, 'name', name,
  'media_type', media_type, 'options', options, 'traceparent', traceparent, 'notify', notify,
  'confirmed', confirmed })
return extend_upload(id, lifetime)
