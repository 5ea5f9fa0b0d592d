-- Batches: resumable uploads that belong together and get one email. crates/jobs puts this
-- file behind prelude.lua.
--
-- A batch is a hash from the ids of its members to 'upload', and to 'job' once they are one.
-- Its mail waits until no upload and no job in it is unfinished. The claim of the mail
-- closes the batch: its jobs are one upload from then on, like those of a form, and whatever
-- else comes under its name is another batch.

-- Most members of a batch. Further ones have a mail of their own.
local MAX_BATCH = 100
-- How long (ms) a batch is kept after its last change.
local BATCH_MS = 30 * 86400000

local function batch_key(owner, batch)
  return 'tonearm:owner:' .. owner .. ':batch:' .. batch
end

-- The key of the open batch that a job or an upload is in.
local function batch_of(key)
  local found = redis.call('HMGET', key, 'owner', 'batch')
  return found[2] and batch_key(found[1], found[2])
end

-- Adds a member to a batch, or changes what it is. Returns whether it is in it.
local function enter_batch(owner, batch, id, state)
  local key = batch_key(owner, batch)
  if redis.call('HLEN', key) >= MAX_BATCH and redis.call('HEXISTS', key, id) == 0 then
    return false
  end
  redis.call('HSET', key, id, state)
  redis.call('PEXPIRE', key, BATCH_MS)
  return true
end

-- The ids of a batch's members in this state, in the order of their creation.
local function batch_members(batch, state)
  local members = {}
  local all = redis.call('HGETALL', batch)
  for i = 1, #all, 2 do
    if all[i + 1] == state then members[#members + 1] = all[i] end
  end
  table.sort(members)
  return members
end

-- Whether an upload of the batch is unfinished. Forgets those that have expired.
local function has_unfinished_uploads(batch)
  for _, id in ipairs(batch_members(batch, 'upload')) do
    if redis.call('EXISTS', upload_key(id)) == 1 then return true end
    redis.call('HDEL', batch, id)
  end
  return false
end
