-- Stages blobs: they expire unless a later step needs them.
-- ARGV: time to live (ms), then the names of the blobs.
-- Returns how many were not staged before.
local lifetime = ARGV[1]
local added = 0
for i = 2, #ARGV do
  added = added + redis.call('ZADD', GARBAGE, now + lifetime, ARGV[i])
end
return added
