-- Deletes a job in any state. A worker that holds a claim on it finds the claim lost.
-- ARGV: id, owner.
-- Returns 1, or 0 if the owner has no such job.
local id, owner = unpack(ARGV)
local job = job_key(id)
local found = redis.call('HMGET', job, 'owner', 'video_blob', 'mp3_blob')
if found[1] ~= owner then
  return 0
end
for _, blob in ipairs({ found[2] or '', found[3] or '' }) do
  if blob ~= '' then
    redis.call('ZADD', GARBAGE, now, blob)
  end
end
drop_segments(job)
withdraw(job, 'convert')
withdraw(job, 'mail')
local jobs, active = owner_keys(owner)
redis.call('SREM', active, id)
redis.call('ZREM', jobs, id)
redis.call('DEL', job, job .. ':convert', job .. ':mail', job .. ':attempts')
count('jobs_deleted')
return 1
