//! Faults that are tried together, one row of the table each.

use crate::email_api::Behaviour;
use crate::fault::{Fault, Role};
use crate::monitor::Target;
use crate::point::Point;
use crate::process::ProcessName;
use crate::world::Files;

/// A round with a world of its own and these faults.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: &'static str,
    pub files: Files,
    pub faults: Vec<Fault>,
}

const GATEWAY: Target = Target::Only(ProcessName::Gateway);
const REDIS: Target = Target::Only(ProcessName::Redis);
const MAILBOX: Target = Target::Only(ProcessName::Mailbox);

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
const RESUMABLE_POINTS: [Fault; 3] = [
    Fault::KillAt(Point::Checkpointed, GATEWAY),
    Fault::KillAt(Point::Checkpointed, REDIS),
    Fault::PauseAt(Point::Checkpointed, GATEWAY),
];
const CONVERSION_POINTS: [Fault; 5] = [
    Fault::KillAt(Point::Claimed, Target::ItsConverter),
    Fault::KillAt(Point::Mp3Staged, Target::ItsConverter),
    Fault::KillAt(Point::Progress, Target::ItsConverter),
    Fault::KillAt(Point::Mp3Stored, Target::ItsConverter),
    Fault::KillAt(Point::Ended, Target::ItsConverter),
];
const SEGMENT_POINTS: [Fault; 4] = [
    Fault::KillAt(Point::Split, Target::ItsConverter),
    Fault::KillAt(Point::SegmentClaimed, Target::ItsConverter),
    Fault::KillAt(Point::PartStored, Target::ItsConverter),
    Fault::PauseAt(Point::SegmentClaimed, Target::ItsConverter),
];
const MAIL_POINTS: [Fault; 4] = [
    Fault::KillAt(Point::MailClaimed, Target::ItsNotifier),
    Fault::KillAt(Point::MailStored, MAILBOX),
    Fault::KillAt(Point::MailAccepted, Target::ItsNotifier),
    Fault::KillAt(Point::MailSent, Target::ItsNotifier),
];
const REDIS_POINTS: [Fault; 9] = [
    Fault::KillAt(Point::UploadStaged, REDIS),
    Fault::KillAt(Point::Accepted, REDIS),
    Fault::KillAt(Point::Claimed, REDIS),
    Fault::KillAt(Point::Progress, REDIS),
    Fault::KillAt(Point::Split, REDIS),
    Fault::KillAt(Point::PartStored, REDIS),
    Fault::KillAt(Point::Ended, REDIS),
    Fault::KillAt(Point::MailAccepted, REDIS),
    Fault::KillAt(Point::MailSent, REDIS),
];
const PAUSES: [Fault; 9] = [
    Fault::Pause(Role::Gateway),
    Fault::Pause(Role::Converter),
    Fault::Pause(Role::Notifier),
    Fault::Pause(Role::Mailbox),
    Fault::Pause(Role::Redis),
    Fault::PauseAt(Point::Claimed, Target::ItsConverter),
    Fault::PauseAt(Point::Mp3Staged, Target::ItsConverter),
    Fault::PauseAt(Point::MailClaimed, Target::ItsNotifier),
    Fault::PauseAt(Point::MailAccepted, Target::ItsNotifier),
];
const EMAIL_FAULTS: [Fault; 5] = [
    Fault::Email(Behaviour::Slow),
    Fault::Email(Behaviour::Down),
    Fault::Email(Behaviour::Busy),
    Fault::Email(Behaviour::DropsRequest),
    Fault::Email(Behaviour::DropsResponse),
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
            "gateway or Redis struck at a checkpoint",
            Files::Redis,
            &RESUMABLE_POINTS,
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
            &EMAIL_FAULTS,
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
        &RESUMABLE_POINTS,
        &CONVERSION_POINTS,
        &SEGMENT_POINTS,
        &MAIL_POINTS,
        &REDIS_POINTS,
        &PAUSES,
        &EMAIL_FAULTS,
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
