-- What every script may use. The clock is Redis's own: workers' clocks differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Counters, for whoever watches: they move with what they count or not at all.
local function tally(name)
  redis.call('HINCRBY', 'tonearm:metrics', name, 1)
end

-- Whether the claim (attempt number and state) is still the caller's. What was
-- cut belongs to whoever holds its segments.
local function holds(job, attempt_field, attempt, state_field, working)
  local found = redis.call('HMGET', job, attempt_field, state_field)
  local is_cut = working == 'converting' and redis.call('EXISTS', job .. ':segments') == 1
  return found[1] == attempt and found[2] == working and not is_cut
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
  local attempts = redis.call('LRANGE', history, 0, -1)
  for i = #attempts, 1, -1 do
    local attempt = cjson.decode(attempts[i])
    if not attempt.outcome then
      attempt.outcome, attempt.ended_ms = outcome, now
      attempt.code, attempt.message = code, message
      redis.call('LSET', history, i - 1, cjson.encode(attempt))
      return
    end
  end
end

-- The first entry that is due: its id and fields, or nothing. What waits longest
-- comes first: an entry whose lease or pause ran out was queued before anything
-- that was never handed out. Without fields the entry is gone.
local function next_due(stream, leases, group, consumer)
  local due = redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 1)
  if due[1] then
    local found = redis.call('XRANGE', stream, due[1], due[1])
    if found[1] then
      redis.call('XCLAIM', stream, group, consumer, 0, due[1], 'FORCE', 'JUSTID')
    end
    return due[1], found[1] and found[1][2]
  end
  local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1,
    'STREAMS', stream, '>')
  if read and read[1] then
    return read[1][2][1][1], read[1][2][1][2]
  end
end

-- Offers due entries until `claim` takes one: its answer, or nothing where none is
-- due. Those whose job is gone or past this work are settled on the way; the bound
-- keeps one call short however many there are.
local function claim_due(stream, leases, group, consumer, claim)
  redis.pcall('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
  for _ = 1, 1000 do
    local entry, fields = next_due(stream, leases, group, consumer)
    if not entry then break end
    local answer = fields and claim(entry, fields)
    if answer then return answer end
    settle(stream, leases, group, entry)
  end
  return {}
end

-- The segments of a conversion that was cut: the hash `:segments` has, for each
-- by its number, `N:entry`, `N:spec`, `N:progress`, `N:held`, `N:part`, and the
-- attempt that fences under `PLAN:N`; the list `:parts` has the parts' blobs.
local SEGMENTS, SEGMENT_LEASES = 'tonearm:queue:segment', 'tonearm:queue:segment:leases'
local SWEEP = 'tonearm:sweep'

-- Whether the claim on a segment is still the caller's.
local function holds_segment(job, fence, attempt)
  return redis.call('HGET', job .. ':segments', fence) == attempt
    and redis.call('HGET', job, 'state') == 'converting'
end

-- Whether the caller may end the conversion: it holds all of it (no fence), or the
-- segment of that fence.
local function holds_conversion(job, attempt, fence)
  if fence == '' then
    return holds(job, 'attempt', attempt, 'state', 'converting')
  end
  return holds_segment(job, fence, attempt)
end

-- Calls the segments off; what there is of them is litter.
local function drop_segments(job, group)
  local hash = job .. ':segments'
  for n = 0, (redis.call('HGET', hash, 'count') or 0) - 1 do
    local entry = redis.call('HGET', hash, n .. ':entry')
    if entry then settle(SEGMENTS, SEGMENT_LEASES, group, entry) end
  end
  for _, blob in ipairs(redis.call('LRANGE', job .. ':parts', 0, -1)) do
    redis.call('ZADD', SWEEP, now, blob)
  end
  redis.call('DEL', hash, job .. ':parts')
end

-- Ends an attempt at a segment that came to nothing.
local function end_segment_attempt(job, number, attempt, outcome, code, message)
  local hash = job .. ':segments'
  local held = redis.call('HGET', hash, number .. ':held')
  if not held then
    return
  end
  local entry = cjson.decode(held)
  entry.kind, entry.segment, entry.number = 'segment', tonumber(number), tonumber(attempt)
  entry.ended_ms, entry.outcome, entry.code, entry.message = now, outcome, code, message
  redis.call('HDEL', hash, number .. ':held')
  redis.call('RPUSH', job .. ':attempts', cjson.encode(entry))
  redis.call('LTRIM', job .. ':attempts', -MOST_ATTEMPTS, -1)
end

-- Notes how far a segment is, and so how far its job is.
local function segment_progress(job, number, progress)
  local hash = job .. ':segments'
  local more = progress - (redis.call('HGET', hash, number .. ':progress') or 0)
  -- A second attempt begins behind the first; the job does not go backwards.
  if more > 0 then
    redis.call('HSET', hash, number .. ':progress', progress)
    redis.call('HINCRBYFLOAT', job, 'progress', more / redis.call('HGET', hash, 'count'))
  end
  redis.call('HSET', job, 'updated_ms', now)
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
