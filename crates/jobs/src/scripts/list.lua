-- Lists the jobs of a user, newest first.
-- ARGV: owner, where to start ('+' or '(ID'), limit.
local owner, start, limit = unpack(ARGV)
local jobs = owner_keys(owner)
local reply = {}
for _, id in ipairs(redis.call('ZREVRANGEBYLEX', jobs, start, '-', 'LIMIT', 0, limit)) do
  append_job(reply, id)
end
return reply
