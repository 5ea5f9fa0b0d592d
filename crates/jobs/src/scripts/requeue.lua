-- Takes a conversion out of the dead letters and queues it again. An email
-- about its failure that is not sent yet is called off.
-- KEYS  1 job  2 video dead letters  3 video stream  4 owner's active jobs
--       5 sweep  6 mp3 stream  7 mp3 leases  8 mp3 dead letters
-- ARGV  1 id  2 group  3 message  4 channel
-- Answers 1, 0 where there is no such dead letter, or -1 where its video may be
-- swept already.
local found = redis.call('HMGET', KEYS[1], 'dead_entry', 'video_blob', 'attempt',
  'mp3_entry', 'mail_dead_entry')
if not found[1] then
  return 0
end
local litter_from = redis.call('ZSCORE', KEYS[5], found[2])
if not litter_from or tonumber(litter_from) <= now then
  return -1
end
redis.call('XDEL', KEYS[2], found[1])
if found[4] then settle(KEYS[6], KEYS[7], ARGV[2], found[4]) end
if found[5] then redis.call('XDEL', KEYS[8], found[5]) end
end_attempt(KEYS[1], 'superseded')
redis.call('ZREM', KEYS[5], found[2])
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[1], 'dead_entry', 'mp3_entry', 'mail_dead_entry', 'mail_state',
  'mail_error_code', 'mail_error_message')
redis.call('HINCRBY', KEYS[1], 'requeues', 1)
-- The attempt number is not set back, so that it goes on fencing.
redis.call('HSET', KEYS[1], 'state', 'queued', 'progress', '0', 'updated_ms', now,
  'base', found[3],
  'video_entry', redis.call('XADD', KEYS[3], '*', 'id', ARGV[1], 'message', ARGV[3]))
tally('requeues:convert')
redis.call('PUBLISH', ARGV[4], ARGV[3])
return 1
