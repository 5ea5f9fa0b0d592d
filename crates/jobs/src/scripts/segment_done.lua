-- Stores the part that a segment became. The claim on the last segment stays, so that its
-- worker joins the parts.
-- ARGV: id, entry, fence, attempt, number, blob, part.
-- Returns 1, 2 if it was the last, or 0 if the claim is lost or the blob may have been
-- deleted as garbage.
local id, entry, fence, attempt, number, blob, part = unpack(ARGV)
local job = job_key(id)
local work = job .. ':convert'
local segments = work .. ':segments'
local stored = redis.call('HGET', segments, number .. ':part')
if stored then
  -- A repeated call, after the first reply was lost.
  local left = redis.call('HGET', segments, 'left')
  return stored == part and (left == '0' and 2 or 1) or 0
end
if not holds_segment(work, fence, attempt) or not is_staged(blob) then
  return 0
end
redis.call('ZREM', GARBAGE, blob)
redis.call('HSET', segments, number .. ':part', part)
redis.call('RPUSH', job .. ':parts', blob)
segment_progress(job, number, 1)
if redis.call('HINCRBY', segments, 'left', -1) == 0 then
  return 2
end
redis.call('HDEL', segments, number .. ':claim', fence)
finish(QUEUES.segment, entry)
return 1
