-- Discards the dead letter of a letter. Nothing is left of it.
-- ARGV: id.
-- Returns 1, or 0 if there is no such dead letter.
local letter = letter_key(ARGV[1])
if not is_dead_letter(letter) then
  return 0
end
redis.call('XDEL', QUEUES.letter.dead, redis.call('HGET', letter, 'dead_entry'))
redis.call('DEL', letter)
return 1
