-- Removes a dead letter and queues its work again. Requeuing a conversion withdraws the
-- email about its failure: the job gets another one of its own.
-- ARGV: id, kind of work.
-- Returns 1, 0 if there is no such dead letter, or -1 if its video may have been deleted
-- as garbage.
local id, kind = unpack(ARGV)
local job = job_key(id)
if redis.call('HEXISTS', job .. ':' .. kind, 'dead_entry') == 0 then
  return 0
end
if kind == 'convert' then
  if not are_staged(video_blobs(job)) then
    return -1
  end
  local _, active = owner_keys(redis.call('HGET', job, 'owner'))
  keep_video(job)
  set_mp3_aside(job)
  redis.call('SADD', active, id)
  local others, dead = mail_estate(id)
  redis.call('HINCRBY', job, 'requeues', 1)
  withdraw(job, 'mail')
  redis.call('HDEL', job .. ':mail', 'state', 'carrier', 'skipped', 'error_code', 'error_message')
  end_attempt(job, 'superseded')
  pass_mail_on(id, others, dead)
end
withdraw(job, kind)
redis.call('HDEL', job, 'mail_over')
touch(job)
count('requeues:' .. kind)
enqueue(id, kind)
if kind == 'mail' then
  for _, other in ipairs(carried_by(id, mail_members(id), 'failed')) do
    redis.call('HDEL', mail_key(other), 'carrier')
    enqueue(other, 'mail')
    touch(job_key(other))
  end
end
return 1
