-- Forgets a job, wherever it stands. A worker that holds it finds its claim lost.
-- KEYS  1 job  2 owner's jobs  3 owner's active jobs  4 video stream
--       5 video leases  6 mp3 stream  7 mp3 leases  8 sweep
--       9 video dead letters  10 mp3 dead letters  11 attempts
-- ARGV  1 id  2 owner  3 group
-- Answers 1, or 0 where the owner has no such job.
local found = redis.call('HMGET', KEYS[1], 'owner', 'video_entry', 'mp3_entry',
  'video_blob', 'mp3_blob', 'dead_entry', 'mail_dead_entry')
if found[1] ~= ARGV[2] then
  return 0
end
if found[2] then settle(KEYS[4], KEYS[5], ARGV[3], found[2]) end
if found[3] then settle(KEYS[6], KEYS[7], ARGV[3], found[3]) end
for _, blob in ipairs({ found[4] or '', found[5] or '' }) do
  if blob ~= '' then
    redis.call('ZADD', KEYS[8], now, blob)
  end
end
drop_segments(KEYS[1], ARGV[3])
if found[6] then redis.call('XDEL', KEYS[9], found[6]) end
if found[7] then redis.call('XDEL', KEYS[10], found[7]) end
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[11])
tally('jobs_deleted')
return 1
