-- Queues a sealed letter and notifies the workers.
-- ARGV: id, sealed letter.
-- Returns 1, or 0 if the letter is queued already.
local id, sealed = unpack(ARGV)
local letter = letter_key(id)
forget_old_letters()
-- A repeated call, after the first reply was lost.
if redis.call('EXISTS', letter) == 1 then
  return 0
end
redis.call('HSET', letter, 'sealed', sealed)
enqueue_letter(id)
return 1
