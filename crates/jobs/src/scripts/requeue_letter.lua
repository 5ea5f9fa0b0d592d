-- Removes the dead letter of a letter and queues the letter again.
-- ARGV: id.
-- Returns 1, or 0 if there is no such dead letter.
local id = ARGV[1]
local letter = letter_key(id)
if not is_dead_letter(letter) then
  return 0
end
redis.call('XDEL', QUEUES.letter.dead, redis.call('HGET', letter, 'dead_entry'))
redis.call('HDEL', letter, 'dead_entry')
count('requeues:letter')
enqueue_letter(id)
return 1
