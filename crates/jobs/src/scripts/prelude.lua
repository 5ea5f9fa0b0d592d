-- The clock, the keys and the steps that scripts share. crates/jobs puts this file
-- before each script. Scripts take everything as ARGV and build keys themselves, so
-- Redis Cluster is not supported. src/keys.rs documents the keys.

-- Redis's clock, because the clocks of the workers differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- One group and one consumer for all workers: each notification starts a new
-- instance, and consumers of their own would accumulate.
local GROUP, CONSUMER = 'workers', 'worker'
local METRICS, GARBAGE = 'tonearm:metrics', 'tonearm:garbage'
local DELETED_ACCOUNTS = 'tonearm:deleted_accounts'
local MAX_ATTEMPTS = 20 -- in the history of a job
local GONE_MS = 600000 -- for which a deleted job is remembered
local TOUCHED_MS = 600000 -- for which a change of a job is remembered

local function queue_of(channel)
  local stream = 'tonearm:queue:' .. channel
  return { channel = channel, stream = stream, leases = stream .. ':leases', dead = stream .. ':dead' }
end

-- By kind of work.
local QUEUES = { convert = queue_of('video'), segment = queue_of('segment'), mail = queue_of('mp3'),
  letter = queue_of('letter') }
QUEUES.letter.channel = QUEUES.mail.channel -- that of the notifier

local function job_key(id)
  return 'tonearm:job:' .. id
end

local function upload_key(id)
  return 'tonearm:upload:' .. id
end

-- What auth records of the account: see crates/account-state.
local function account_key(id)
  return 'tonearm:account:' .. id
end

-- The user's jobs, and those of them that have not ended.
local function owner_keys(owner)
  return 'tonearm:owner:' .. owner .. ':jobs', 'tonearm:owner:' .. owner .. ':active'
end

-- The user's unfinished resumable uploads, by the time (ms) at which each expires.
local function uploads_key(owner)
  return 'tonearm:owner:' .. owner .. ':uploads'
end

-- How many unfinished jobs and uploads the user has. An upload that was begun holds the
-- place of its job.
local function unfinished(owner)
  local _, active = owner_keys(owner)
  return redis.call('SCARD', active) + redis.call('ZCOUNT', uploads_key(owner), '(' .. now, '+inf')
end

-- Forgets the user's resumable uploads that have expired. Not before a script's other writes:
-- Redis refuses only the first one of a script when its memory is full, and never one that
-- removes something.
local function forget_expired_uploads(owner)
  redis.call('ZREMRANGEBYSCORE', uploads_key(owner), '-inf', now)
end

-- The jobs that the user deleted lately, and when: clients that follow all jobs learn of it.
local function gone_key(owner)
  return 'tonearm:owner:' .. owner .. ':gone'
end

-- The user's jobs that changed lately, and when each last did.
local function touched_key(owner)
  return 'tonearm:owner:' .. owner .. ':touched'
end

local function count(name)
  redis.call('HINCRBY', METRICS, name, 1)
end

-- Records that the job has changed.
local function touch(job)
  redis.call('HSET', job, 'updated_ms', now)
  local found = redis.call('HMGET', job, 'owner', 'id')
  if found[1] and found[2] then
    local touched = touched_key(found[1])
    redis.call('ZADD', touched, now, found[2])
    redis.call('ZREMRANGEBYSCORE', touched, '-inf', '(' .. now - TOUCHED_MS)
    redis.call('PEXPIRE', touched, TOUCHED_MS)
  end
end

-- Whether the blob is staged and garbage collection cannot have reached it yet.
local function is_staged(blob)
  local expires = blob and redis.call('ZSCORE', GARBAGE, blob)
  return expires and tonumber(expires) > now
end

-- Whether all of the blobs are staged, and there are any.
local function are_staged(blobs)
  for _, blob in ipairs(blobs) do
    if not is_staged(blob) then return false end
  end
  return #blobs > 0
end

-- The blobs of the job's video. A resumed upload has several: the one that is read, and
-- those that it refers to.
local function video_blobs(job)
  local found = redis.call('HMGET', job, 'video_blob', 'video_parts')
  local blobs = {}
  if found[1] then blobs[1] = found[1] end
  for part in string.gmatch(found[2] or '', '%S+') do
    blobs[#blobs + 1] = part
  end
  return blobs
end

-- Lets the job's video expire after `lifetime` (ms).
local function expire_video(job, lifetime)
  for _, blob in ipairs(video_blobs(job)) do
    redis.call('ZADD', GARBAGE, now + lifetime, blob)
  end
end

-- Until when (ms) the video of an ended conversion is kept; nothing if it may be deleted.
local function video_kept_ms(job)
  local blob = redis.call('HGET', job, 'video_blob')
  local expires = blob and redis.call('ZSCORE', GARBAGE, blob)
  return expires and tonumber(expires) > now and expires or nil
end

-- Keeps the job's video until a later step lets it expire.
local function keep_video(job)
  for _, blob in ipairs(video_blobs(job)) do
    redis.call('ZREM', GARBAGE, blob)
  end
end

-- Removes an entry from its queue.
local function finish(queue, entry)
  redis.call('XACK', queue.stream, GROUP, entry)
  redis.call('XDEL', queue.stream, entry)
  redis.call('ZREM', queue.leases, entry)
end

-- Adds an entry for the work and notifies the workers. Attempt numbers continue
-- after a requeue, since they fence; the count of attempts restarts.
local function enqueue(id, kind)
  local queue, work = QUEUES[kind], job_key(id) .. ':' .. kind
  redis.call('HSETNX', work, 'attempt', 0)
  redis.call('HSET', work, 'state', 'queued', 'progress', 0,
    'attempts_before', redis.call('HGET', work, 'attempt'),
    'entry', redis.call('XADD', queue.stream, '*', 'id', id))
  redis.call('PUBLISH', queue.channel, id)
end

-- Records a stored file as a job, queues it and notifies the workers. `fields` has what
-- is not the same for all new jobs: fields and values of its hash.
local function record_job(id, owner, fields)
  local job = job_key(id)
  local jobs, active = owner_keys(owner)
  redis.call('HSET', job, 'id', id, 'owner', owner, 'created_ms', now, unpack(fields))
  touch(job)
  redis.call('ZADD', jobs, 0, id)
  redis.call('SADD', active, id)
  keep_video(job)
  count('jobs_accepted')
  enqueue(id, 'convert')
end

-- Removes the entry and the dead letter of the work, where there are any.
local function withdraw(job, kind)
  local queue, work = QUEUES[kind], job .. ':' .. kind
  local found = redis.call('HMGET', work, 'entry', 'dead_entry')
  if found[1] then finish(queue, found[1]) end
  if found[2] then redis.call('XDEL', queue.dead, found[2]) end
  redis.call('HDEL', work, 'entry', 'dead_entry')
end

-- The id of the first entry that no worker was given, if there is one.
local function first_undelivered(queue)
  local last = '0-0'
  local groups = redis.pcall('XINFO', 'GROUPS', queue.stream)
  for _, group in ipairs(groups.err and {} or groups) do
    local fields = {}
    for i = 1, #group, 2 do
      fields[group[i]] = group[i + 1]
    end
    if fields['name'] == GROUP then
      last = fields['last-delivered-id']
    end
  end
  local found = redis.call('XRANGE', queue.stream, '(' .. last, '+', 'COUNT', 1)
  return found[1] and found[1][1]
end

-- The first entry that is due: its id and fields, or nothing. An entry whose lease
-- or pause is over was queued before every undelivered entry, so it comes first.
-- Without fields, the entry was deleted.
local function next_due(queue)
  local due = redis.call('ZRANGEBYSCORE', queue.leases, '-inf', now, 'LIMIT', 0, 1)
  if due[1] then
    local found = redis.call('XRANGE', queue.stream, due[1], due[1])
    if found[1] then
      redis.call('XCLAIM', queue.stream, GROUP, CONSUMER, 0, due[1], 'FORCE', 'JUSTID')
    end
    return due[1], found[1] and found[1][2]
  end
  local read = redis.call('XREADGROUP', 'GROUP', GROUP, CONSUMER, 'COUNT', 1,
    'STREAMS', queue.stream, '>')
  if read and read[1] then
    return read[1][2][1][1], read[1][2][1][2]
  end
end

-- What a claim returns if it leaves an entry in its queue for later.
local HELD = {}

-- Offers due entries until `claim` accepts one, and returns its reply, or {} where
-- no entry is due. Refused entries, whose job is deleted or past this work, are
-- removed. The bound keeps one call short.
local function claim_due(queue, claim)
  redis.pcall('XGROUP', 'CREATE', queue.stream, GROUP, '0', 'MKSTREAM')
  for _ = 1, 1000 do
    local entry, fields = next_due(queue)
    if not entry then break end
    local reply = fields and claim(entry, fields)
    if reply and reply ~= HELD then return reply end
    if not reply then finish(queue, entry) end
  end
  return {}
end

-- The history of a job: its last attempts, of which only the newest can be open.
local function append_attempt(job, attempt)
  redis.call('RPUSH', job .. ':attempts', cjson.encode(attempt))
  redis.call('LTRIM', job .. ':attempts', -MAX_ATTEMPTS, -1)
end

-- Begins the next attempt at the work of an entry, under a lease. Returns its number, and
-- how many attempts there were since the work was last queued.
local function begin_attempt(id, kind, entry, worker, lease)
  local job = job_key(id)
  local work = job .. ':' .. kind
  local attempt = redis.call('HINCRBY', work, 'attempt', 1)
  append_attempt(job, { kind = kind, number = attempt, worker = worker, started_ms = now })
  count('attempts:' .. kind)
  redis.call('HSET', work, 'state', 'running')
  redis.call('ZADD', QUEUES[kind].leases, now + lease, entry)
  touch(job)
  return attempt, attempt - redis.call('HGET', work, 'attempts_before')
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

-- Ends the work as failed; `is_dead` adds a dead letter for an operator.
local function fail(id, kind, code, message, is_dead)
  local job = job_key(id)
  local work = job .. ':' .. kind
  redis.call('HSET', work, 'state', 'failed', 'error_code', code, 'error_message', message)
  if is_dead then
    redis.call('HSET', work, 'dead_entry', redis.call('XADD', QUEUES[kind].dead, '*',
      'id', id, 'code', code, 'error', message, 'attempts', redis.call('HGET', work, 'attempt')))
  end
  redis.call('HDEL', work, 'entry')
  end_attempt(job, 'failed', code, message)
  touch(job)
end

-- A split conversion has the hash `:segments`: `plan`, `count`, `left`, `shared`; for
-- segment N `N:entry`, `N:spec`, `N:progress`, `N:part`, `N:claim` (while claimed) and
-- its attempt under `PLAN:N`, the fence. The list `:parts` of the job has their blobs.
local function is_split(work)
  return redis.call('EXISTS', work .. ':segments') == 1
end

-- Whether the caller still holds the claim on the work. A split conversion belongs to
-- the holders of its segments alone.
local function holds(work, attempt)
  local found = redis.call('HMGET', work, 'attempt', 'state')
  return found[1] == attempt and found[2] == 'running' and not is_split(work)
end

-- Whether the caller still holds the claim on the segment.
local function holds_segment(work, fence, attempt)
  return redis.call('HGET', work .. ':segments', fence) == attempt
    and redis.call('HGET', work, 'state') == 'running'
end

-- Whether the caller may end the conversion. `fence` is '' for a claim on the whole
-- conversion, and that of the segment otherwise.
local function holds_conversion(work, fence, attempt)
  if fence == '' then
    return holds(work, attempt)
  end
  return holds_segment(work, fence, attempt)
end

-- A trap ends every attempt at the same place, a kill each at another one. `key` and
-- `prefix` are the hash and the fields of the work, whose attempt ended without an
-- outcome if `has_died`. Returns how many attempts in a row did so at one place.
local function deaths_at_one_place(key, prefix, has_died)
  local place, last, deaths = prefix .. 'place', prefix .. 'died_at', prefix .. 'deaths'
  local found = redis.call('HMGET', key, place, last, deaths)
  redis.call('HDEL', key, place, last, deaths)
  if not has_died or not found[1] then
    return 0
  end
  local in_a_row = found[1] == found[2] and found[3] + 1 or 1
  redis.call('HSET', key, last, found[1], deaths, in_a_row)
  return in_a_row
end

-- Removes all segments. Their parts become garbage.
local function drop_segments(job)
  local segments, parts = job .. ':convert:segments', job .. ':parts'
  for n = 0, (redis.call('HGET', segments, 'count') or 0) - 1 do
    local entry = redis.call('HGET', segments, n .. ':entry')
    if entry then finish(QUEUES.segment, entry) end
  end
  for _, blob in ipairs(redis.call('LRANGE', parts, 0, -1)) do
    redis.call('ZADD', GARBAGE, now, blob)
  end
  redis.call('DEL', segments, parts)
end

-- Adds an unsuccessful attempt at a segment to the history.
local function end_segment_attempt(job, number, attempt, outcome, code, message)
  local segments = job .. ':convert:segments'
  local claim = redis.call('HGET', segments, number .. ':claim')
  if not claim then
    return
  end
  local entry = cjson.decode(claim)
  entry.kind, entry.segment, entry.number = 'segment', tonumber(number), tonumber(attempt)
  entry.ended_ms, entry.outcome, entry.code, entry.message = now, outcome, code, message
  redis.call('HDEL', segments, number .. ':claim')
  append_attempt(job, entry)
end

-- Sets the progress of a segment and adds its share to that of the conversion.
local function segment_progress(job, number, progress)
  local work = job .. ':convert'
  local segments = work .. ':segments'
  local gain = progress - (redis.call('HGET', segments, number .. ':progress') or 0)
  -- A second attempt starts behind the first; the conversion does not go backwards.
  if gain > 0 then
    redis.call('HSET', segments, number .. ':progress', progress)
    redis.call('HINCRBYFLOAT', work, 'progress', gain / redis.call('HGET', segments, 'count'))
  end
  touch(job)
end
