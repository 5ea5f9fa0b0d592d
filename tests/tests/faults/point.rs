//! The named points of the pipeline, observed from outside: in the workers' logs, in the
//! commands that Redis gets (MONITOR) and in the requests to the email API. The
//! components contain nothing for these tests.

#[cfg(test)]
mod commands;

/// Something that has just happened to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The gateway has staged the upload's blob and is about to write its first chunk.
    UploadStaged,
    /// A checkpoint of a resumable upload is recorded, and its writer has no reply yet.
    Checkpointed,
    /// The upload is a complete file without a job. Visible with files in Redis only.
    UploadStored,
    /// The job is queued, and its user has no response yet.
    Accepted,
    /// A converter has claimed the job.
    Claimed,
    /// The converter is about to write the first chunk of the MP3.
    Mp3Staged,
    /// The converter has renewed its lease.
    Progress,
    /// The MP3 is a complete file that the job does not name yet. Visible with files in
    /// Redis only.
    Mp3Stored,
    /// The conversion is split, and its converter has no reply yet.
    Split,
    /// A converter has claimed a segment.
    SegmentClaimed,
    /// The part of a segment is stored, and its converter has no reply yet.
    PartStored,
    /// The conversion has ended, and its converter has no reply yet.
    Ended,
    /// A notifier has claimed the email.
    MailClaimed,
    /// The mailbox has stored the email and not replied yet.
    MailStored,
    /// The email API has accepted the email, and the notifier has no response yet.
    MailAccepted,
    /// The job has the email as sent, and the notifier has no reply yet.
    MailSent,
}

/// The points that every conversion passes, whatever the file.
pub const OF_EVERY_JOB: [Point; 9] = [
    Point::UploadStaged,
    Point::Accepted,
    Point::Claimed,
    Point::Mp3Staged,
    Point::Ended,
    Point::MailClaimed,
    Point::MailStored,
    Point::MailAccepted,
    Point::MailSent,
];
/// Those that only files in Redis show.
pub const OF_FILES_IN_REDIS: [Point; 2] = [Point::UploadStored, Point::Mp3Stored];
/// Those of a resumable upload.
pub const OF_RESUMABLE_UPLOADS: [Point; 1] = [Point::Checkpointed];
/// Those of a conversion that is split.
pub const OF_SEGMENTS: [Point; 3] = [Point::Split, Point::SegmentClaimed, Point::PartStored];

impl Point {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadStaged => "upload staged",
            Self::Checkpointed => "checkpoint recorded",
            Self::UploadStored => "upload stored",
            Self::Accepted => "accepted",
            Self::Claimed => "claimed",
            Self::Mp3Staged => "MP3 staged",
            Self::Progress => "progress",
            Self::Mp3Stored => "MP3 stored",
            Self::Split => "split",
            Self::SegmentClaimed => "segment claimed",
            Self::PartStored => "part stored",
            Self::Ended => "conversion ended",
            Self::MailClaimed => "mail claimed",
            Self::MailStored => "mail stored",
            Self::MailAccepted => "mail accepted",
            Self::MailSent => "mail sent",
        }
    }

    /// Whether only a file store in Redis makes it visible.
    pub fn needs_files_in_redis(self) -> bool {
        OF_FILES_IN_REDIS.contains(&self)
    }
}

/// The point that a line of a worker's log reports, and the id of the job.
pub fn in_log(line: &str) -> Option<(Point, String)> {
    let (item, after) = line.split_once(": attempt=")?;
    after.split_once(" started ")?;
    let mut words = item.rsplit(' ');
    let last = words.next()?;
    let (point, id) = match last {
        "email" => (Point::MailClaimed, words.next()?),
        _ if last.len() == ID => (Point::Claimed, last),
        _ => {
            words.next().filter(|word| *word == "segment")?;
            (Point::SegmentClaimed, words.next()?)
        }
    };
    (id.len() == ID).then(|| (point, id.to_owned()))
}

/// The point that a line of MONITOR reports, and the id of the job.
pub fn in_monitor(line: &str) -> Option<(Point, String)> {
    // Redis ends lines with CR LF.
    let (_, command) = line.trim_end().split_once("] ")?;
    let mut words = command.split(' ').map(|word| word.trim_matches('"'));
    let (verb, key) = (words.next()?, words.next()?);
    let job = || key.strip_prefix("tonearm:job:")?.split_once(':');
    match (verb, key) {
        ("ZADD", "tonearm:garbage") => {
            let blob = words.nth(1)?;
            match (blob.strip_prefix("video/"), blob.strip_prefix("mp3/")) {
                // Also its pieces, each of which has a number after the id.
                (Some(rest), _) => Some((Point::UploadStaged, rest.get(..ID)?.to_owned())),
                (_, Some(rest)) => Some((Point::Mp3Staged, rest.get(..ID)?.to_owned())),
                _ => None,
            }
        }
        ("SET", _) if key.starts_with("blob:video/") => {
            let name = key.strip_prefix("blob:video/")?;
            // The key of a chunk ends with its number.
            if name.contains(':') {
                return None;
            }
            Some((Point::UploadStored, name.get(..ID)?.to_owned()))
        }
        ("SET", _) if key.starts_with("blob:mp3/") => {
            let rest = key.strip_prefix("blob:mp3/")?;
            // The key of a chunk ends with its number.
            if rest.contains(':') {
                return None;
            }
            Some((Point::Mp3Stored, rest.get(..ID)?.to_owned()))
        }
        ("HSET", _) if key.starts_with("tonearm:upload:") => {
            let id = key.strip_prefix("tonearm:upload:")?;
            let is_checkpoint = words.next()? == "offset" && words.nth(1)?.starts_with("piece:");
            is_checkpoint.then(|| (Point::Checkpointed, id.to_owned()))
        }
        ("XADD", "tonearm:queue:video") => Some((Point::Accepted, words.nth(2)?.to_owned())),
        ("XADD", "tonearm:queue:segment") => Some((Point::Split, words.nth(2)?.to_owned())),
        ("RPUSH", _) => match job()? {
            (id, "parts") => Some((Point::PartStored, id.to_owned())),
            _ => None,
        },
        ("XADD", "tonearm:queue:mp3") => Some((Point::Ended, words.nth(2)?.to_owned())),
        ("XADD", "tonearm:mailbox:emails") => Some((Point::MailStored, String::new())),
        ("HSET", _) => match (job()?, words.next()?, words.next()?) {
            ((id, "convert"), "progress", _) => Some((Point::Progress, id.to_owned())),
            ((id, "mail"), "state", "done") => Some((Point::MailSent, id.to_owned())),
            _ => None,
        },
        _ => None,
    }
}

/// Characters of a job's id.
const ID: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "0190a0b1-0000-7000-8000-000000000000";

    #[test]
    fn files_in_redis_show_when_they_are_complete() {
        for (command, point) in [
            (r#""SET" "blob:video/ID" "{}""#, Some(Point::UploadStored)),
            (r#""SET" "blob:video/ID:0" "x""#, None),
            (r#""SET" "blob:video/ID:aside:0" "x""#, None),
            (
                r#""SET" "blob:video/ID-1-joined" "{}""#,
                Some(Point::UploadStored),
            ),
            (r#""SET" "blob:video/ID-1:0" "x""#, None),
            (r#""SET" "blob:mp3/ID/1-ab" "{}""#, Some(Point::Mp3Stored)),
            (r#""SET" "blob:mp3/ID/1-ab:0" "x""#, None),
        ] {
            let line = format!("+1.2 [0 lua] {}", command.replace("ID", JOB));
            let seen = in_monitor(&line);
            assert_eq!(seen.as_ref().map(|(point, _)| *point), point, "{line}");
            assert!(seen.is_none_or(|(_, id)| id == JOB), "{line}");
        }
    }

    #[test]
    fn the_end_of_a_line_is_no_part_of_its_last_word() {
        let command = format!(r#""HSET" "tonearm:job:{JOB}:mail" "state" "done""#);
        for end in ["", "\r", "\r\n"] {
            let seen = in_monitor(&format!("+1.2 [0 lua] {command}{end}"));
            assert_eq!(seen, Some((Point::MailSent, JOB.to_owned())), "{end:?}");
        }
    }

    #[test]
    fn other_log_lines_report_no_point() {
        for line in [
            "x: done bytes=1",
            "x: claim lost attempt=2",
            ": attempt=1 started ",
        ] {
            assert_eq!(in_log(line), None, "{line}");
        }
    }
}
