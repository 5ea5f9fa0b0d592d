-- Resumable uploads. crates/jobs puts this file behind prelude_letters.lua.
--
-- One client at a time writes an upload, under a lease. `epoch`, the number of the last
-- claim, fences off late writers. A writer that released its claim has stopped, so the next
-- one continues its piece. A writer whose lease has expired may only be paused, so the next
-- one starts a piece of its own: no blob has two writers.

-- Most pieces of one upload.
local MAX_PIECES = 256
-- How much longer (ms) the blobs of an upload are kept than its record.
local BLOBS_LONGER_MS = 60000
-- For how long (ms) a writer that lost its claim may be paused in the middle of a write.
local PAUSED_WRITER_MS = 900000

-- The blob of a piece, and the blob that refers to all pieces up to this one. The first
-- piece is both.
local function piece_blobs(id, piece)
  local first = 'video/' .. id
  if piece == 0 then
    return first, first
  end
  return first .. '-' .. piece, first .. '-' .. piece .. '-joined'
end

-- Whether a checkpoint recorded anything of the piece.
local function is_recorded(id, piece)
  return redis.call('HEXISTS', upload_key(id), 'piece:' .. piece) == 1
end

-- Stages the blobs of an upload for `lifetime` (ms). A piece that was taken over without a
-- checkpoint is no part of it.
local function stage_upload(id, lifetime)
  local last = tonumber(redis.call('HGET', upload_key(id), 'piece'))
  local blobs = { piece_blobs(id, last) }
  for piece = 0, last - 1 do
    if is_recorded(id, piece) then blobs[#blobs + 1] = piece_blobs(id, piece) end
  end
  for _, blob in ipairs(blobs) do
    redis.call('ZADD', GARBAGE, now + lifetime, blob)
  end
end

-- Collects a piece of which nothing is recorded once its writer has certainly noticed that
-- it was taken over. Otherwise a client could store many times what an upload may hold.
local function forget_unrecorded(id, piece)
  if not is_recorded(id, piece) then
    redis.call('ZADD', GARBAGE, now + PAUSED_WRITER_MS, (piece_blobs(id, tonumber(piece))))
  end
end

-- Lets an upload expire after `lifetime` (ms), with its blobs if it is unfinished. Returns
-- when (ms).
local function extend_upload(id, lifetime)
  local key = upload_key(id)
  local found = redis.call('HMGET', key, 'owner', 'is_done')
  local expires = now + lifetime
  redis.call('HSET', key, 'expires_ms', expires)
  if not found[2] then
    redis.call('ZADD', uploads_key(found[1]), expires, id)
    stage_upload(id, lifetime + BLOBS_LONGER_MS)
  end
  redis.call('PEXPIREAT', key, expires)
  return expires
end

-- Whether the caller still holds the claim on the upload.
local function holds_upload(id, epoch)
  local found = redis.call('HMGET', upload_key(id), 'epoch', 'is_done')
  return found[1] == epoch and not found[2]
end

-- Deletes an unfinished upload. Its blobs become garbage; if somebody may be writing to
-- them, then after that writer has certainly noticed.
local function drop_upload(id, owner)
  local key = upload_key(id)
  local found = redis.call('HMGET', key, 'piece', 'lease_ms')
  if found[1] then
    local has_no_writer = found[1] == '0' and found[2] == '0'
    stage_upload(id, has_no_writer and 0 or PAUSED_WRITER_MS)
  end
  local batch = batch_of(key)
  redis.call('DEL', key)
  redis.call('ZREM', uploads_key(owner), id)
  if batch then
    redis.call('HDEL', batch, id)
    release_mails(batch_members(batch, 'job'))
  end
end

-- Ends an upload whose pieces belong to a job from now on.
local function end_upload(id, owner)
  local key = upload_key(id)
  for piece = 0, tonumber(redis.call('HGET', key, 'piece')) do
    redis.call('HDEL', key, 'piece:' .. piece)
  end
  redis.call('HDEL', key, 'writer')
  local batch = batch_of(key)
  if batch then redis.call('HDEL', batch, id) end
  redis.call('ZREM', uploads_key(owner), id)
end

-- Whether the blob of an upload and those that it refers to are all staged.
local function is_upload_staged(blob, parts)
  local blobs = { blob }
  for part in string.gmatch(parts, '%S+') do
    blobs[#blobs + 1] = part
  end
  return are_staged(blobs)
end

-- Records the job of an upload, whose blob refers to `parts`. It is in a batch unless that
-- is ''.
local function record_upload(id, owner, batch, blob, parts, fields)
  fields[#fields + 1], fields[#fields + 2] = 'video_blob', blob
  if parts ~= '' then
    fields[#fields + 1], fields[#fields + 2] = 'video_parts', parts
  end
  if batch ~= '' and enter_batch(owner, batch, id, 'job') then
    fields[#fields + 1], fields[#fields + 2] = 'batch', batch
  end
  record_job(id, owner, fields)
end
