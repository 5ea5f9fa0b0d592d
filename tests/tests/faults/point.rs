//! The named points of the pipeline, and how each is seen from outside: in what
//! the workers log, in the commands that Redis gets (MONITOR), and in what the
//! email API is asked. Nothing in the components is there for these tests.

use crate::who::Who;

/// Something that has just happened to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The gateway has announced an upload's blob and writes its first chunk.
    UploadStaged,
    /// The upload is a whole file, and no job yet. Seen with files in Redis only.
    UploadStored,
    /// The job is queued, and the user does not know yet.
    Accepted,
    /// A converter has it.
    Claimed,
    /// The converter is about to write the first chunk of the MP3.
    Mp3Staged,
    /// The converter has renewed its lease half-way.
    Progress,
    /// The MP3 is a whole file, and not yet the job's. Files in Redis only.
    Mp3Stored,
    /// The conversion is cut, and its converter does not know yet.
    Cut,
    /// A converter has a segment.
    SegmentClaimed,
    /// The part that a segment became is the job's, and its converter does not
    /// know yet.
    PartKept,
    /// The job is done or has failed, and the converter does not know yet.
    Ended,
    /// A notifier has its email.
    MailClaimed,
    /// The mailbox has kept the email, and has not answered.
    MailKept,
    /// The email API has taken the email, and the notifier does not know yet.
    MailTaken,
    /// The job says that the email is sent, and the notifier does not know yet.
    MailSent,
}

impl Point {
    /// As the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadStaged => "upload staged",
            Self::UploadStored => "upload stored",
            Self::Accepted => "accepted",
            Self::Claimed => "claimed",
            Self::Mp3Staged => "MP3 staged",
            Self::Progress => "progress",
            Self::Mp3Stored => "MP3 stored",
            Self::Cut => "cut",
            Self::SegmentClaimed => "segment claimed",
            Self::PartKept => "part kept",
            Self::Ended => "conversion ended",
            Self::MailClaimed => "mail claimed",
            Self::MailKept => "mail kept",
            Self::MailTaken => "mail taken",
            Self::MailSent => "mail sent",
        }
    }

    /// Whether only a file store in Redis lets it be seen.
    pub fn needs_files_in_redis(self) -> bool {
        matches!(self, Self::UploadStored | Self::Mp3Stored)
    }
}

/// What a line of a worker's log says: which point, and of which job.
pub fn in_log(who: Who, line: &str) -> Option<(Point, String)> {
    let (point, mark) = match who {
        Who::Converter(_) => (Point::Claimed, ": attempt "),
        Who::Notifier(_) => (Point::MailClaimed, ": mail attempt "),
        _ => return None,
    };
    let (before, after) = line.split_once(mark)?;
    // Not "ID: attempt 1 was overtaken".
    if after.contains("overtaken") {
        return None;
    }
    let (before, point) = match before.split_once(", segment ") {
        Some((before, _)) => (before, Point::SegmentClaimed),
        None => (before, point),
    };
    let id = before.get(before.len().checked_sub(ID)?..)?;
    Some((point, id.to_owned()))
}

/// What a line of MONITOR says.
pub fn in_monitor(line: &str) -> Option<(Point, String)> {
    let (_, command) = line.split_once("] ")?;
    let mut words = command.split(' ').map(|word| word.trim_matches('"'));
    let (verb, key) = (words.next()?, words.next()?);
    let job = || key.strip_prefix("tonearm:job:").map(str::to_owned);
    match (verb, key) {
        ("ZADD", "tonearm:garbage") => {
            let blob = words.nth(1)?;
            match (blob.strip_prefix("video/"), blob.strip_prefix("mp3/")) {
                (Some(id), _) => Some((Point::UploadStaged, id.to_owned())),
                (_, Some(rest)) => Some((Point::Mp3Staged, rest.get(..ID)?.to_owned())),
                _ => None,
            }
        }
        ("SET", _) if key.starts_with("blob:video/") => {
            let id = key.strip_prefix("blob:video/")?;
            (id.len() == ID).then(|| (Point::UploadStored, id.to_owned()))
        }
        ("SET", _) if key.starts_with("blob:mp3/") => {
            let rest = key.strip_prefix("blob:mp3/")?;
            // A chunk's key ends in its number.
            if rest.contains(':') {
                return None;
            }
            Some((Point::Mp3Stored, rest.get(..ID)?.to_owned()))
        }
        ("XADD", "tonearm:queue:video") => Some((Point::Accepted, words.nth(2)?.to_owned())),
        ("XADD", "tonearm:queue:segment") => Some((Point::Cut, words.nth(2)?.to_owned())),
        ("RPUSH", _) if key.ends_with(":parts") => {
            let id = job()?;
            Some((Point::PartKept, id.strip_suffix(":parts")?.to_owned()))
        }
        ("XADD", "tonearm:queue:mp3") => Some((Point::Ended, words.nth(2)?.to_owned())),
        ("XADD", "tonearm:mailbox:emails") => Some((Point::MailKept, String::new())),
        ("HSET", _) => match (job()?.split_once(':')?, words.next()?, words.next()?) {
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
    fn points_are_seen_in_monitor() {
        for (command, point) in [
            (
                r#""ZADD" "tonearm:garbage" "17" "video/ID""#,
                Some(Point::UploadStaged),
            ),
            (
                r#""ZADD" "tonearm:garbage" "17" "mp3/ID/1-ab""#,
                Some(Point::Mp3Staged),
            ),
            (r#""SET" "blob:video/ID" "{}""#, Some(Point::UploadStored)),
            (r#""SET" "blob:video/ID:0" "x""#, None),
            (r#""SET" "blob:mp3/ID/1-ab" "{}""#, Some(Point::Mp3Stored)),
            (r#""SET" "blob:mp3/ID/1-ab:0" "x""#, None),
            (
                r#""XADD" "tonearm:queue:video" "*" "id" "ID""#,
                Some(Point::Accepted),
            ),
            (
                r#""XADD" "tonearm:queue:segment" "*" "id" "ID" "number" "0""#,
                Some(Point::Cut),
            ),
            (
                r#""RPUSH" "tonearm:job:ID:parts" "mp3/ID/segment-0-1-ab""#,
                Some(Point::PartKept),
            ),
            (
                r#""XADD" "tonearm:queue:mp3" "*" "id" "ID""#,
                Some(Point::Ended),
            ),
            (
                r#""HSET" "tonearm:job:ID:convert" "progress" "0.5""#,
                Some(Point::Progress),
            ),
            (
                r#""HSET" "tonearm:job:ID:mail" "state" "done""#,
                Some(Point::MailSent),
            ),
            (r#""HSET" "tonearm:job:ID:mail" "state" "running""#, None),
            (r#""HSET" "tonearm:job:ID:convert" "state" "done""#, None),
        ] {
            let line = format!("+1.2 [0 lua] {}", command.replace("ID", JOB));
            let seen = in_monitor(&line);
            assert_eq!(seen.as_ref().map(|(point, _)| *point), point, "{line}");
            assert!(seen.is_none_or(|(_, id)| id == JOB), "{line}");
        }
    }

    #[test]
    fn claims_are_seen_in_logs() {
        let line = format!("T  INFO converter {JOB}: attempt 2 traceparent=-");
        assert_eq!(
            in_log(Who::Converter(1), &line),
            Some((Point::Claimed, JOB.into()))
        );
        assert_eq!(in_log(Who::Gateway, &line), None);
        let late = format!("T  INFO converter {JOB}: attempt 2 was overtaken or the job deleted");
        assert_eq!(in_log(Who::Converter(1), &late), None);
    }
}
