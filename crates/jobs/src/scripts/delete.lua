-- Deletes a job in any state. A worker that holds a claim on it finds the claim lost.
-- ARGV: id, owner.
-- Returns 1, or 0 if the owner has no such job.
local id, owner = unpack(ARGV)
if redis.call('HGET', job_key(id), 'owner') ~= owner then
  return 0
end
delete_job(id, owner)
return 1
