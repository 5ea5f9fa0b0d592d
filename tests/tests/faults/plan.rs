//! Which faults are tried together: a row of the table each.

use crate::email_api::Mood;
use crate::fault::{Fault, Role};
use crate::point::Point;
use crate::sight::Victim;
use crate::who::Who;
use crate::world::Files;

/// A round: a world of its own, in which these faults happen.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: &'static str,
    pub files: Files,
    pub faults: Vec<Fault>,
}

const GATEWAY: Victim = Victim::Only(Who::Gateway);
const REDIS: Victim = Victim::Only(Who::Redis);
const MAILBOX: Victim = Victim::Only(Who::Mailbox);

const ANY_MOMENT: [Fault; 5] = [
    Fault::Kill(Role::Gateway),
    Fault::Kill(Role::Converter),
    Fault::Kill(Role::Notifier),
    Fault::Kill(Role::Mailbox),
    Fault::Kill(Role::Redis),
];
const UPLOAD_POINTS: [Fault; 3] = [
    Fault::KillAt(Point::UploadStaged, GATEWAY),
    Fault::KillAt(Point::UploadStored, GATEWAY),
    Fault::KillAt(Point::Accepted, GATEWAY),
];
const CONVERSION_POINTS: [Fault; 5] = [
    Fault::KillAt(Point::Claimed, Victim::ItsConverter),
    Fault::KillAt(Point::Mp3Staged, Victim::ItsConverter),
    Fault::KillAt(Point::Progress, Victim::ItsConverter),
    Fault::KillAt(Point::Mp3Stored, Victim::ItsConverter),
    Fault::KillAt(Point::Ended, Victim::ItsConverter),
];
const SEGMENT_POINTS: [Fault; 4] = [
    Fault::KillAt(Point::Cut, Victim::ItsConverter),
    Fault::KillAt(Point::SegmentClaimed, Victim::ItsConverter),
    Fault::KillAt(Point::PartKept, Victim::ItsConverter),
    Fault::PauseAt(Point::SegmentClaimed, Victim::ItsConverter),
];
const MAIL_POINTS: [Fault; 4] = [
    Fault::KillAt(Point::MailClaimed, Victim::ItsNotifier),
    Fault::KillAt(Point::MailKept, MAILBOX),
    Fault::KillAt(Point::MailTaken, Victim::ItsNotifier),
    Fault::KillAt(Point::MailSent, Victim::ItsNotifier),
];
const REDIS_POINTS: [Fault; 9] = [
    Fault::KillAt(Point::UploadStaged, REDIS),
    Fault::KillAt(Point::Accepted, REDIS),
    Fault::KillAt(Point::Claimed, REDIS),
    Fault::KillAt(Point::Progress, REDIS),
    Fault::KillAt(Point::Cut, REDIS),
    Fault::KillAt(Point::PartKept, REDIS),
    Fault::KillAt(Point::Ended, REDIS),
    Fault::KillAt(Point::MailTaken, REDIS),
    Fault::KillAt(Point::MailSent, REDIS),
];
const PAUSES: [Fault; 9] = [
    Fault::Pause(Role::Gateway),
    Fault::Pause(Role::Converter),
    Fault::Pause(Role::Notifier),
    Fault::Pause(Role::Mailbox),
    Fault::Pause(Role::Redis),
    Fault::PauseAt(Point::Claimed, Victim::ItsConverter),
    Fault::PauseAt(Point::Mp3Staged, Victim::ItsConverter),
    Fault::PauseAt(Point::MailClaimed, Victim::ItsNotifier),
    Fault::PauseAt(Point::MailTaken, Victim::ItsNotifier),
];
const MOODS: [Fault; 5] = [
    Fault::Email(Mood::Slow),
    Fault::Email(Mood::Down),
    Fault::Email(Mood::Busy),
    Fault::Email(Mood::DeafBefore),
    Fault::Email(Mood::DumbAfter),
];

/// All rows of the long form.
pub fn long() -> Vec<Row> {
    let row = |name, files, faults: &[Fault]| Row {
        name,
        files,
        faults: faults.to_vec(),
    };
    vec![
        row(
            "any process killed, files in Redis",
            Files::Redis,
            &ANY_MOMENT,
        ),
        row(
            "any process killed, files in SQLite",
            Files::Sqlite,
            &ANY_MOMENT,
        ),
        row(
            "gateway killed at each point of an upload",
            Files::Redis,
            &UPLOAD_POINTS,
        ),
        row(
            "converter killed at each point of a conversion",
            Files::Redis,
            &CONVERSION_POINTS,
        ),
        row(
            "converter killed at each point of a segment",
            Files::Redis,
            &SEGMENT_POINTS,
        ),
        row(
            "notifier or mailbox killed at each point of a mail",
            Files::Sqlite,
            &MAIL_POINTS,
        ),
        row(
            "Redis killed at each point, files in Redis",
            Files::Redis,
            &REDIS_POINTS,
        ),
        row(
            "Redis killed at each point, files in SQLite",
            Files::Sqlite,
            &REDIS_POINTS,
        ),
        row(
            "processes paused, some beyond their lease",
            Files::Redis,
            &PAUSES,
        ),
        row(
            "email API slow, failing, answers lost",
            Files::Sqlite,
            &MOODS,
        ),
        everything(Files::Redis),
        everything(Files::Sqlite),
    ]
}

/// All faults together.
pub fn everything(files: Files) -> Row {
    let name = match files {
        Files::Redis => "all of these together, files in Redis",
        Files::Sqlite => "all of these together, files in SQLite",
    };
    let mut faults = [
        &ANY_MOMENT[..],
        &UPLOAD_POINTS,
        &CONVERSION_POINTS,
        &SEGMENT_POINTS,
        &MAIL_POINTS,
        &REDIS_POINTS,
        &PAUSES,
        &MOODS,
    ]
    .concat();
    faults.retain(|fault| match fault {
        Fault::KillAt(point, _) => files == Files::Redis || !point.needs_files_in_redis(),
        _ => true,
    });
    Row {
        name,
        files,
        faults,
    }
}

impl Row {
    /// Whether its faults include kills.
    pub fn kills(&self) -> bool {
        self.faults.iter().any(|fault| fault.is_kill())
    }
}
