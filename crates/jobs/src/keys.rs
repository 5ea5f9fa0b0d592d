//! Every key of the queue in Redis.
//!
//! | key | type | content |
//! |---|---|---|
//! | `tonearm:job:ID` | hash | the job: its owner, its files, its options; see below |
//! | `tonearm:job:ID:convert` | hash | the work of converting it: see below |
//! | `tonearm:job:ID:mail` | hash | the work of sending the email about it, with the same fields |
//! | `tonearm:job:ID:convert:segments` | hash | the segments of a split conversion, until it ends |
//! | `tonearm:job:ID:parts` | list | blobs that the MP3 is joined from |
//! | `tonearm:job:ID:former_parts` | list | those of the former MP3, while the job is converted again |
//! | `tonearm:job:ID:attempts` | list | its last [attempts](crate::Attempt) as JSON, oldest first |
//! | `tonearm:upload:ID` | hash | a resumable upload: see below |
//! | `tonearm:letter:ID` | hash | a letter: see below |
//! | `tonearm:owner:SUB:jobs` | sorted set | ids of a user's jobs, ordered by id and so by age |
//! | `tonearm:owner:SUB:active` | set | ids of a user's jobs that have not ended |
//! | `tonearm:owner:SUB:uploads` | sorted set | a user's unfinished resumable uploads → time (ms) at which each expires |
//! | `tonearm:owner:SUB:gone` | sorted set | ids of jobs that the user deleted in the last ten minutes → when (ms) |
//! | `tonearm:owner:SUB:touched` | sorted set | ids of a user's jobs that changed in the last ten minutes → when (ms) each last did; it expires |
//! | `tonearm:owner:SUB:batch:NAME` | hash | members of a batch of resumable uploads → `upload` or `job` |
//! | `tonearm:queue:NAME` | stream | one entry per unfinished piece of work; consumer group `workers` |
//! | `tonearm:queue:NAME:leases` | sorted set | entry id → time (ms) from which it may be claimed again |
//! | `tonearm:queue:NAME:dead` | stream | dead letters: work that was given up |
//! | `tonearm:queue:NAME:last_notified` | string | exists for a second after a repeated notification |
//! | `tonearm:garbage` | sorted set | blob name → time (ms) at which it expires |
//! | `tonearm:metrics` | hash | counters: name → number |
//! | `tonearm:account:SUB` | hash | read only: facts about the account, of `tonearm-account-state` |
//! | `tonearm:deleted_accounts` | set | accounts whose jobs are to be deleted |
//!
//! NAME is `video` (conversions), `segment`, `mp3` (emails about jobs) or `letter` (emails
//! about accounts). Segments have no dead letters and share the channel of the conversions;
//! letters share that of the emails.
//!
//! Fields of the job that concern its email:
//!
//! | field | content |
//! |---|---|
//! | `username` | the address, unless that of the account is recorded |
//! | `notify` | `0`: no emails, unless the account says otherwise; jobs of earlier releases lack it |
//! | `confirmed` | `1`: the owner of the address had confirmed it |
//! | `upload` | the ids of all jobs of its upload, in order, if there are several |
//! | `batch` | the batch that it is in, until the email of that begins; a resumable upload has it too |
//! | `mail_over` | while a job is converted again: the state of its email, which has ended |
//! | `requeues` | how often an operator requeued it: it has left the email of its upload |
//!
//! The hash of one kind of work:
//!
//! | field | content |
//! |---|---|
//! | `state` | `queued`, `running`, `done` or `failed` |
//! | `attempt` | number of the last attempt, never reset: it fences late workers |
//! | `attempts_before` | its value when the work was last queued |
//! | `entry` | its entry in the stream |
//! | `dead_entry` | its dead letter |
//! | `progress` | 0 to 1 |
//! | `error_code`, `error_message` | why the last attempt failed |
//! | `place` | how far the running attempt has come, a number that depends on the file alone |
//! | `died_at`, `deaths` | the place at which attempts ended without an outcome, and how many in a row did |
//! | `carrier` | of an email: the job that carries it, if that is another one of the upload |
//! | `held` | of an email: its entry was held back for a conversion, whatever its attempts |
//! | `skipped` | of an email whose state is `done`: it was not sent, since the owner gets none |
//!
//! The hash of a job whose video consists of several blobs names them in `video_parts`,
//! separated by spaces; `video_blob` is the one that refers to them.
//!
//! The hash of a resumable upload, which expires with it:
//!
//! | field | content |
//! |---|---|
//! | `owner`, `username`, `notify`, `confirmed`, `traceparent`, `name`, `media_type`, `options` | as in the job that it becomes |
//! | `metadata` | what the client gave, as it gave it |
//! | `length`, `offset` | in bytes: of the whole, and stored according to the last checkpoint |
//! | `expires_ms` | when it expires |
//! | `epoch` | number of the last claim: it fences late writers |
//! | `lease_ms` | until when the writer has it; `0` once the writer has stopped |
//! | `piece` | number of the piece that the last writer writes |
//! | `piece:N` | what is stored of the piece N according to the last checkpoint |
//! | `writer` | state of the writer at the last checkpoint |
//! | `is_done` | it has become a job, whose id is its own |
//! | `concat` | `partial`: it becomes a part of another; `final`: it is one of parts |
//! | `partials` | of a final one: the ids of its parts |
//! | `consumed` | of a part: the final one. It has only this and `owner` |
//!
//! The hash of a letter has `state`, `attempt`, `attempts_before`, `entry` and `dead_entry`
//! like these, and `sealed`, the sealed letter. It expires after seven days.
//!
//! The scripts build most keys themselves, in `scripts/prelude.lua`.

/// Blobs and when each expires.
pub(crate) const GARBAGE: &str = "tonearm:garbage";

pub(crate) fn attempts(id: impl std::fmt::Display) -> String {
    format!("tonearm:job:{id}:attempts")
}

pub(crate) fn upload(id: impl std::fmt::Display) -> String {
    format!("tonearm:upload:{id}")
}
