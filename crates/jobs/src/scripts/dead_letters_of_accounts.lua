-- Lists the dead letters of letters, newest first.
-- ARGV: where to start ('+' or '(ENTRY'), limit.
-- Returns per letter as dead_letters.lua does; it has neither a file nor, in the clear, an
-- address.
local start, limit = unpack(ARGV)
forget_old_letters()
local reply = {}
for _, found in ipairs(redis.call('XREVRANGE', QUEUES.letter.dead, start, '-', 'COUNT', limit)) do
  local fields = found[2]
  local left = redis.call('PTTL', letter_key(fields[2]))
  for _, value in ipairs({ found[1], fields[2], fields[4], fields[6], fields[8], '', '',
    string.format('%.0f', now + math.max(left, 0)) }) do
    reply[#reply + 1] = value
  end
end
return reply
