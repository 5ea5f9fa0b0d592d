-- What every script may use. The clock is Redis's own: workers' clocks differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Counters, for whoever watches: they move with what they count or not at all.
local function tally(name)
  redis.call('HINCRBY', 'tonearm:metrics', name, 1)
end

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

-- The first entry that was never handed out, if there is one.
local function first_unheard(stream, group)
  local last = '0-0'
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, known in ipairs(groups.err and {} or groups) do
    local fields = {}
    for i = 1, #known, 2 do
      fields[known[i]] = known[i + 1]
    end
    if fields['name'] == group then
      last = fields['last-delivered-id']
    end
  end
  local found = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1)
  return found[1] and found[1][1]
end

-- A job's history: its last attempts, of which only the newest can be open.
local MOST_ATTEMPTS = 20

local function begin_attempt(job, kind, number, worker)
  local history = job .. ':attempts'
  redis.call('RPUSH', history, cjson.encode({
    kind = kind, number = number, worker = worker, started_ms = now }))
  redis.call('LTRIM', history, -MOST_ATTEMPTS, -1)
end

local function end_attempt(job, outcome, code, message)
  local history = job .. ':attempts'
  local newest = redis.call('LINDEX', history, -1)
  local attempt = newest and cjson.decode(newest)
  if not attempt or attempt.outcome then
    return
  end
  attempt.outcome, attempt.ended_ms = outcome, now
  attempt.code, attempt.message = code, message
  redis.call('LSET', history, -1, cjson.encode(attempt))
end

-- Makes the email about a job's end due and rings. The attempt number is not
-- set back, so that it goes on fencing after a requeue; the base is, so that
-- tries are counted anew.
local function queue_mail(job, stream, id, message, channel)
  redis.call('HSETNX', job, 'mail_attempt', '0')
  redis.call('HSET', job, 'mail_state', 'pending',
    'mail_base', redis.call('HGET', job, 'mail_attempt'),
    'mp3_entry', redis.call('XADD', stream, '*', 'id', id, 'message', message))
  redis.call('PUBLISH', channel, message)
end
