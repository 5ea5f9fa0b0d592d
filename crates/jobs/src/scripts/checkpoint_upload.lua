-- Records what a writer has stored, and extends its lease or ends it ('' as the lease).
-- ARGV: id, epoch, lease (ms) or '', lifetime (ms), offset, number of the piece, what is
-- stored of it, state of the writer.
-- Returns when the upload expires (ms), or 0 if the claim is lost.
local id, epoch, lease, lifetime, offset, piece, stored, writer = unpack(ARGV)
if not holds_upload(id, epoch) then
  return 0
end
redis.call('HSET', upload_key(id), 'offset', offset, 'piece:' .. piece, stored, 'writer', writer,
  'lease_ms', lease == '' and 0 or now + lease)
return extend_upload(id, lifetime)
