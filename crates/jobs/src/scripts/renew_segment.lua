-- Extends the lease on a segment and sets its progress.
-- ARGV: id, entry, fence, attempt, number of the segment, lease (ms), progress (0 to 1).
-- Returns 1, or 0 if the claim is lost.
local id, entry, fence, attempt, number, lease, progress = unpack(ARGV)
local job = job_key(id)
if not holds_segment(job .. ':convert', fence, attempt) then
  return 0
end
redis.call('ZADD', QUEUES.segment.leases, now + lease, entry)
segment_progress(job, number, tonumber(progress))
return 1
