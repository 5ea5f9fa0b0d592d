-- Ends a conversion as failed and queues the email about it. A job that was converted again
-- has its former MP3, and its video as long as it would have been kept.
-- ARGV: id, entry, fence ('' for a claim on the whole conversion), attempt, number of the
-- segment, error code, error message, '1' to add a dead letter, how long (ms) to keep the
-- video; the audio tracks of the upload (a JSON list).
-- Returns 1, or 0 if the claim is lost.
local id, entry, fence, attempt, number, code, message, is_dead, keep_video_ms, tracks =
  unpack(ARGV)
local job = job_key(id)
local is_whole = fence == ''
if not holds_conversion(job .. ':convert', fence, attempt) then
  return 0
end
if not is_whole then
  end_segment_attempt(job, number, attempt, 'failed', code, message)
end
finish(is_whole and QUEUES.convert or QUEUES.segment, entry)
drop_segments(job)
restore_mp3(job)
local found = redis.call('HMGET', job, 'owner', 'kept_before', 'mp3_blob')
local _, active = owner_keys(found[1])
expire_video(job, math.max(keep_video_ms, (found[2] or now) - now))
redis.call('HDEL', job, 'kept_before')
redis.call('SREM', active, id)
if not found[3] then
  redis.call('HSET', job, 'tracks', tracks)
end
fail(id, 'convert', code, message, is_dead == '1')
count('conversions_failed:' .. code)
begin_mail(id)
return 1
