-- Returns the parts of a conversion, in order.
-- ARGV: id.
local id = unpack(ARGV)
local segments = job_key(id) .. ':convert:segments'
local reply = {}
for n = 0, (redis.call('HGET', segments, 'count') or 0) - 1 do
  reply[n + 1] = redis.call('HGET', segments, n .. ':part') or ''
end
return reply
