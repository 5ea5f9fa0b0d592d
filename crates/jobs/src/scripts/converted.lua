-- Ends a conversion successfully: the job has its MP3, its video expires, its email
-- is queued.
-- ARGV: id, entry, fence ('' for a claim on the whole conversion), attempt; blob, bytes
-- and duration (ms) of the MP3; how long (ms) to keep the video, and the MP3 ('0': as
-- long as the job); '1' if the upload was cut off, else '0'; its silent packets and
-- their length (ms); the length of its gaps (ms); its audio tracks, and warnings about
-- them (JSON lists).
-- Returns 1, or 0 if the claim is lost or the MP3 may have been deleted as garbage.
local id, entry, fence, attempt, mp3, bytes, duration, keep_video_ms, keep_mp3, cut_off, silent,
  silent_ms, gaps_ms, tracks, warnings = unpack(ARGV)
local job = job_key(id)
local work = job .. ':convert'
local is_whole = fence == ''
if not holds_conversion(work, fence, attempt) or not is_staged(mp3) then
  return 0
end
if not is_whole and redis.call('HGET', work .. ':segments', 'left') ~= '0' then
  return 0
end
finish(is_whole and QUEUES.convert or QUEUES.segment, entry)
end_attempt(job, 'succeeded')
local _, active = owner_keys(redis.call('HGET', job, 'owner'))
expire_video(job, keep_video_ms)
redis.call('DEL', work .. ':segments')
drop_former_mp3(job, FORMER_MP3_MS)
-- The MP3 refers to its parts, so they expire together.
local blobs = redis.call('LRANGE', job .. ':parts', 0, -1)
blobs[#blobs + 1] = mp3
for _, blob in ipairs(blobs) do
  if keep_mp3 == '0' then
    redis.call('ZREM', GARBAGE, blob)
  else
    redis.call('ZADD', GARBAGE, now + keep_mp3, blob)
  end
end
if keep_mp3 ~= '0' then
  redis.call('HSET', job, 'mp3_expires_ms', now + keep_mp3)
else
  redis.call('HDEL', job, 'mp3_expires_ms')
end
redis.call('HDEL', job, 'kept_before')
redis.call('SREM', active, id)
redis.call('HDEL', work, 'entry', 'error_code', 'error_message')
redis.call('HSET', work, 'state', 'done', 'progress', 1)
redis.call('HSET', job, 'mp3_blob', mp3, 'mp3_bytes', bytes, 'mp3_ms', duration,
  'source_cut_off', cut_off, 'source_silent', silent, 'source_silent_ms', silent_ms,
  'source_gaps_ms', gaps_ms, 'tracks', tracks, 'track_warnings', warnings)
touch(job)
count('conversions_done')
begin_mail(id)
return 1
