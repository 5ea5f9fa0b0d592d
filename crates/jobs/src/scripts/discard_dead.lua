-- Discards a dead letter. The video of a conversion becomes garbage.
-- ARGV: id, kind of work.
-- Returns 1, or 0 if there is no such dead letter.
local id, kind = unpack(ARGV)
local job = job_key(id)
if redis.call('HEXISTS', job .. ':' .. kind, 'dead_entry') == 0 then
  return 0
end
withdraw(job, kind)
if kind == 'convert' then
  expire_video(job, 0)
  touch(job)
end
return 1
