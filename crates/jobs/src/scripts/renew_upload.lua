-- Extends the lease of a writer, or ends it ('' as the lease) without another offset.
-- ARGV: id, epoch, lease (ms) or '', lifetime (ms).
-- Returns when the upload expires (ms), or 0 if the claim is lost.
local id, epoch, lease, lifetime = unpack(ARGV)
if not holds_upload(id, epoch) then
  return 0
end
redis.call('HSET', upload_key(id), 'lease_ms', lease == '' and 0 or now + lease)
return extend_upload(id, lifetime)
