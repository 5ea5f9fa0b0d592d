-- Removes a dead letter and queues its work again. Requeuing a conversion withdraws the
-- email about its failure.
-- ARGV: id, kind of work.
-- Returns 1, 0 if there is no such dead letter, or -1 if its video may have been deleted
-- as garbage.
local id, kind = unpack(ARGV)
local job = job_key(id)
if redis.call('HEXISTS', job .. ':' .. kind, 'dead_entry') == 0 then
  return 0
end
if kind == 'convert' then
  local found = redis.call('HMGET', job, 'owner', 'video_blob')
  if not is_staged(found[2]) then
    return -1
  end
  local _, active = owner_keys(found[1])
  redis.call('ZREM', GARBAGE, found[2])
  redis.call('SADD', active, id)
  redis.call('HINCRBY', job, 'requeues', 1)
  withdraw(job, 'mail')
  redis.call('HDEL', job .. ':mail', 'state', 'error_code', 'error_message')
  end_attempt(job, 'superseded')
end
withdraw(job, kind)
touch(job)
count('requeues:' .. kind)
enqueue(id, kind)
return 1
