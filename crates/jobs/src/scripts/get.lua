-- Returns a job.
-- ARGV: id.
local id = unpack(ARGV)
return append_job({}, id)
