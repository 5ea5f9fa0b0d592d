-- Drops a dead letter; its video is litter, for nobody can ask for it again.
-- KEYS  1 job  2 dead letters  3 sweep
-- ARGV  1 field of the job that names the entry  2 '1' to drop the video
-- Answers 1, or 0 where there is no such dead letter.
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then
  return 0
end
redis.call('XDEL', KEYS[2], entry)
redis.call('HDEL', KEYS[1], ARGV[1])
if ARGV[2] == '1' then
  redis.call('ZADD', KEYS[3], now, redis.call('HGET', KEYS[1], 'video_blob'))
end
return 1
