-- Keeps a mail unless one with the same idempotency key came before.
-- KEYS: the stream, the idempotency key (or the stream again, if there is none)
-- ARGV: the mail as JSON, how many mails to keep, how long a key holds in seconds
-- Answers the id of the mail, or of the one that came before.
local keyed = KEYS[2] ~= KEYS[1]
local before = keyed and redis.call('GET', KEYS[2])
if before then return before end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'mail', ARGV[1])
if keyed then redis.call('SET', KEYS[2], id, 'EX', ARGV[3]) end
return id
