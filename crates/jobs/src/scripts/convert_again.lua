-- Queues an ended conversion again, with other options. Its MP3 stays until there is
-- another one, and the email about the job is not sent again.
-- ARGV: id, owner, options as JSON, most unfinished jobs, traceparent.
-- Returns 1, 0 if the owner has no such job, -1 if its video is not kept, -2 if the
-- conversion has not ended, -3 if the owner would have too many, or -4 if the owner's account
-- is deleted.
local id, owner, options, max_active, traceparent = unpack(ARGV)
local job = job_key(id)
local work = job .. ':convert'
if redis.call('HGET', job, 'owner') ~= owner then
  return 0
end
if redis.call('HEXISTS', account_key(owner), 'deleted') == 1 then
  return -4
end
if not has_ended(id) then
  return -2
end
local videos = video_blobs(job)
if not are_staged(videos) then
  return -1
end
if unfinished(owner) >= tonumber(max_active) then
  return -3
end
local _, active = owner_keys(owner)
-- A conversion that fails leaves the video for another try.
redis.call('HSET', job, 'options', options, 'traceparent', traceparent,
  'kept_before', redis.call('ZSCORE', GARBAGE, videos[1]))
keep_video(job)
set_mp3_aside(job)
redis.call('SADD', active, id)
withdraw(job, 'convert')
redis.call('HDEL', work, 'error_code', 'error_message', 'place', 'died_at', 'deaths')
close_mail(id)
touch(job)
count('conversions_again')
enqueue(id, 'convert')
return 1
