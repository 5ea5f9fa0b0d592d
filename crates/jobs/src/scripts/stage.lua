-- Notes blobs that are litter unless a later step says otherwise.
-- KEYS  1 sweep
-- ARGV  1 ms from now on which they are litter, then the blobs' names
-- Answers how many are new.
local added = 0
for i = 2, #ARGV do
  added = added + redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i])
end
return added
