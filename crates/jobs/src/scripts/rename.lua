-- Gives a job another name.
-- ARGV: id, owner, name.
-- Returns 1, or 0 if the owner has no such job.
local id, owner, name = unpack(ARGV)
local job = job_key(id)
if redis.call('HGET', job, 'owner') ~= owner then
  return 0
end
redis.call('HSET', job, 'name', name)
touch(job)
return 1
