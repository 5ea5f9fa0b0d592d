-- Ends a conversion as failed and queues the email about it.
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
local _, active = owner_keys(redis.call('HGET', job, 'owner'))
expire_video(job, keep_video_ms)
redis.call('SREM', active, id)
redis.call('HSET', job, 'tracks', tracks)
fail(id, 'convert', code, message, is_dead == '1')
count('conversions_failed:' .. code)
begin_mail(id)
return 1
