-- What the scripts about letters share, after prelude.lua. A letter is an email about an
-- account, sealed so that nobody who reads Redis can read it. Its hash `tonearm:letter:ID`
-- is all there is of it, and is deleted when the letter is sent or discarded.

local LETTER_KEEP_MS = 7 * 24 * 3600 * 1000 -- queued, and again as a dead letter

local function letter_key(id)
  return 'tonearm:letter:' .. id
end

-- Adds an entry for a letter whose hash exists, and notifies the workers.
local function enqueue_letter(id)
  local letter = letter_key(id)
  redis.call('HSETNX', letter, 'attempt', 0)
  redis.call('HSET', letter, 'state', 'queued', 'attempts_before', redis.call('HGET', letter, 'attempt'),
    'entry', redis.call('XADD', QUEUES.letter.stream, '*', 'id', id))
  redis.call('PEXPIRE', letter, LETTER_KEEP_MS)
  redis.call('PUBLISH', QUEUES.letter.channel, id)
end

-- Whether the caller still holds the claim. The entry tells a letter from one of the same
-- id that was sent before.
local function holds_letter(letter, entry, attempt)
  local found = redis.call('HMGET', letter, 'entry', 'attempt', 'state')
  return found[1] == entry and found[2] == attempt and found[3] == 'running'
end

-- Whether the letter is a dead letter.
local function is_dead_letter(letter)
  return redis.call('HEXISTS', letter, 'dead_entry') == 1
end

-- Removes all that is left of letters that were kept for long enough. Redis expires their
-- hashes, but not their entries.
local function forget_old_letters()
  local oldest = string.format('%.0f', now - LETTER_KEEP_MS)
  for _, stream in ipairs({ QUEUES.letter.stream, QUEUES.letter.dead }) do
    for _, found in ipairs(redis.call('XRANGE', stream, '-', oldest, 'COUNT', 100)) do
      if stream == QUEUES.letter.dead then
        redis.call('XDEL', stream, found[1])
      else
        finish(QUEUES.letter, found[1])
      end
      redis.call('DEL', letter_key(found[2][2]))
    end
  end
end
