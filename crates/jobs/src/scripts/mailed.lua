-- Ends the work on an email: sent, or given up.
-- KEYS  1 job  2 mp3 stream  3 mp3 leases  4 dead letters
-- ARGV  1 entry  2 attempt  3 group  4 id  5 'sent' or 'failed'
--       6 error code  7 error message
-- Answers 1, or 0 where the claim is lost.
if not holds(KEYS[1], 'mail_attempt', ARGV[2], 'mail_state', 'sending') then
  return 0
end
settle(KEYS[2], KEYS[3], ARGV[3], ARGV[1])
redis.call('HDEL', KEYS[1], 'mp3_entry', 'mail_error_code', 'mail_error_message')
redis.call('HSET', KEYS[1], 'mail_state', ARGV[5], 'updated_ms', now)
if ARGV[5] == 'failed' then
  end_attempt(KEYS[1], 'failed', ARGV[6], ARGV[7])
  tally('mails_failed:' .. ARGV[6])
  redis.call('HSET', KEYS[1], 'mail_error_code', ARGV[6], 'mail_error_message', ARGV[7],
    'mail_dead_entry', redis.call('XADD', KEYS[4], '*',
      'id', ARGV[4], 'code', ARGV[6], 'error', ARGV[7], 'attempts', ARGV[2]))
else
  end_attempt(KEYS[1], 'succeeded')
  tally('mails_sent')
end
return 1
