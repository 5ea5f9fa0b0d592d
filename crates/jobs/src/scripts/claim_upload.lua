-- Claims a resumable upload for a writer, under a lease.
-- ARGV: id, owner, offset at which the writer continues, lease (ms), lifetime (ms).
-- Returns 'missing'; 'final' if it is a concatenation; 'locked' if somebody writes it;
-- 'offset' and the true one; 'complete' and its hash if nothing is missing; 'pieces' if it
-- has too many; or 'claimed' and its hash.
local id, owner, offset, lease, lifetime = unpack(ARGV)
local key = upload_key(id)
local found = redis.call('HMGET', key, 'owner', 'consumed', 'concat', 'lease_ms', 'offset', 'length', 'piece')
if found[1] ~= owner or found[2] then
  return { 'missing' }
end
if found[3] == 'final' then
  return { 'final' }
end
local function reply(outcome)
  local all = redis.call('HGETALL', key)
  table.insert(all, 1, outcome)
  return all
end
if tonumber(found[4]) > now then
  return { 'locked' }
end
if found[5] ~= offset then
  return { 'offset', found[5] }
end
if found[5] == found[6] then
  return reply('complete')
end
if found[4] ~= '0' then
  if tonumber(found[7]) + 1 >= MAX_PIECES then
    return { 'pieces' }
  end
  forget_unrecorded(id, found[7])
  redis.call('HINCRBY', key, 'piece', 1)
  count('uploads_taken_over')
end
redis.call('HINCRBY', key, 'epoch', 1)
redis.call('HSET', key, 'lease_ms', now + lease)
extend_upload(id, lifetime)
return reply('claimed')
