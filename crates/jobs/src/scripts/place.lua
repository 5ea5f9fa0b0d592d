-- Records how far an attempt at a conversion or a segment has come, before it goes on.
-- ARGV: id, fence of the segment or '', attempt, number of the segment or '', place.
-- Returns 1, or 0 if the claim is lost.
local id, fence, attempt, number, place = unpack(ARGV)
local work = job_key(id) .. ':convert'
if not holds_conversion(work, fence, attempt) then
  return 0
end
if fence == '' then
  redis.call('HSET', work, 'place', place)
else
  redis.call('HSET', work .. ':segments', number .. ':place', place)
end
return 1
