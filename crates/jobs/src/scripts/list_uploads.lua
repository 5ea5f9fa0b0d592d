-- Lists the unfinished resumable uploads of a user.
-- ARGV: owner.
-- Returns for each: how many values follow; its id; its hash.
local owner = unpack(ARGV)
local reply = {}
forget_expired_uploads(owner)
for _, id in ipairs(redis.call('ZRANGE', uploads_key(owner), 0, -1)) do
  local fields = redis.call('HGETALL', upload_key(id))
  reply[#reply + 1] = #fields
  reply[#reply + 1] = id
  for _, value in ipairs(fields) do
    reply[#reply + 1] = value
  end
end
return reply
