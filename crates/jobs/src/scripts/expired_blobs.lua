-- Lists expired blobs, oldest first.
-- ARGV: limit.
local limit = unpack(ARGV)
return redis.call('ZRANGEBYSCORE', GARBAGE, '-inf', now, 'LIMIT', 0, limit)
