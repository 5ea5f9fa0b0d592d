-- Ends the work on a letter. One that is given up becomes a dead letter; of any other
-- nothing is left.
-- ARGV: id, entry, attempt, counter, error code ('' unless it is given up), error message.
-- Returns 1, or 0 if the claim is lost.
local id, entry, attempt, counter, code, message = unpack(ARGV)
local letter, queue = letter_key(id), QUEUES.letter
if not holds_letter(letter, entry, attempt) then
  return 0
end
finish(queue, entry)
count(counter)
if code == '' then
  redis.call('DEL', letter)
  return 1
end
redis.call('HDEL', letter, 'entry')
redis.call('HSET', letter, 'state', 'failed', 'dead_entry', redis.call('XADD', queue.dead, '*',
  'id', id, 'code', code, 'error', message, 'attempts', attempt))
redis.call('PEXPIRE', letter, LETTER_KEEP_MS)
return 1
