-- Returns a claimed letter to its queue, due again after a pause.
-- ARGV: id, entry, attempt, pause (ms), error code.
-- Returns 1, or 0 if the claim is lost.
local id, entry, attempt, pause, code = unpack(ARGV)
local letter, queue = letter_key(id), QUEUES.letter
if not holds_letter(letter, entry, attempt) then
  return 0
end
redis.call('XACK', queue.stream, GROUP, entry)
redis.call('ZADD', queue.leases, now + pause, entry)
redis.call('HSET', letter, 'state', 'queued')
count('retries:letter:' .. code)
return 1
