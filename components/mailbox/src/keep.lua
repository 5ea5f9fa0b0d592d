-- Stores an email unless one with the same idempotency key exists.
-- KEYS: the stream; the idempotency key, or the stream again if there is none
-- ARGV: the email as JSON, the maximum number of emails, lifetime of a key in seconds
-- Returns the id of the email, or of the earlier one with the same key.
local keyed = KEYS[2] ~= KEYS[1]
local before = keyed and redis.call('GET', KEYS[2])
if before then return before end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'mail', ARGV[1])
if keyed then redis.call('SET', KEYS[2], id, 'EX', ARGV[3]) end
return id
