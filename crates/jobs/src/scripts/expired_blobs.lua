-- Names of blobs that are litter by now, longest first.
-- KEYS  1 sweep
-- ARGV  1 most
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
