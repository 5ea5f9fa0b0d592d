-- Takes an email out of the dead letters and queues it again.
-- KEYS  1 job  2 mp3 dead letters  3 mp3 stream
-- ARGV  1 id  2 message  3 channel
-- Answers 1, or 0 where there is no such dead letter.
local entry = redis.call('HGET', KEYS[1], 'mail_dead_entry')
if not entry then
  return 0
end
redis.call('XDEL', KEYS[2], entry)
redis.call('HDEL', KEYS[1], 'mail_dead_entry')
redis.call('HSET', KEYS[1], 'updated_ms', now)
tally('requeues:mail')
queue_mail(KEYS[1], KEYS[3], ARGV[1], ARGV[2], ARGV[3])
return 1
