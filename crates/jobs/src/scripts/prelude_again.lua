-- Converting a job again. crates/jobs puts this file behind prelude.lua.
--
-- The job keeps its MP3 until there is another one, so a conversion that fails costs
-- nothing. Meanwhile the list `:former_parts` has the parts of the former MP3.

-- How long (ms) the former MP3 is kept, so that downloads of it that are under way end,
-- on slow networks too.
local FORMER_MP3_MS = 6 * 3600000
-- How long (ms) the former MP3 waits for the end of the conversion, unless it expires on
-- its own. Only a converter of the release before, which does not know it, leaves it behind.
local WAITING_MP3_MS = 30 * 86400000

-- The blobs of the MP3 that the job has while it is converted again.
local function former_blobs(job)
  local blobs = redis.call('LRANGE', job .. ':former_parts', 0, -1)
  local mp3 = redis.call('HGET', job, 'mp3_blob')
  if mp3 then blobs[#blobs + 1] = mp3 end
  return blobs
end

-- The conversion begins: the parts of another MP3 will follow.
local function set_mp3_aside(job)
  if redis.call('EXISTS', job .. ':parts') == 1 then
    redis.call('RENAME', job .. ':parts', job .. ':former_parts')
  end
  for _, blob in ipairs(former_blobs(job)) do
    redis.call('ZADD', GARBAGE, 'NX', now + WAITING_MP3_MS, blob)
  end
end

-- The conversion has failed: the former MP3, if there is one, is that of the job.
local function restore_mp3(job)
  if redis.call('HEXISTS', job, 'mp3_expires_ms') == 0 then
    for _, blob in ipairs(former_blobs(job)) do
      redis.call('ZREM', GARBAGE, blob)
    end
  end
  if redis.call('EXISTS', job .. ':former_parts') == 1 then
    redis.call('RENAME', job .. ':former_parts', job .. ':parts')
  end
end

-- There is another MP3, or the job is deleted: the former one expires after `lifetime` (ms).
local function drop_former_mp3(job, lifetime)
  for _, blob in ipairs(former_blobs(job)) do
    redis.call('ZADD', GARBAGE, now + lifetime, blob)
  end
  redis.call('DEL', job .. ':former_parts')
end
