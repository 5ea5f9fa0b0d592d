-- What every script may use. The clock is Redis's own: workers' clocks differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Whether the claim (attempt number and state) is still the caller's.
local function holds(job, attempt_field, attempt, state_field, working)
  local found = redis.call('HMGET', job, attempt_field, state_field)
  return found[1] == attempt and found[2] == working
end

-- Takes an entry off its queue for good.
local function settle(stream, leases, group, entry)
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
  redis.call('ZREM', leases, entry)
end
