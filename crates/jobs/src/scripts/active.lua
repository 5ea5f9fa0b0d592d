-- How many unfinished jobs and resumable uploads a user has.
-- ARGV: owner.
return unfinished(ARGV[1])
