//! The two queues and what differs between them.

/// A queue: a stream of entries, each naming a job that wants one kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Uploaded videos that wait for the converter.
    Convert,
    /// Ended conversions whose user waits for an email from the notifier.
    Notify,
}

impl Queue {
    /// The pub/sub channel that is its bell, named as in the manifest.
    pub const fn channel(self) -> &'static str {
        match self {
            Self::Convert => "video",
            Self::Notify => "mp3",
        }
    }

    /// What its work is called in the history and in the counters.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Notify => "mail",
        }
    }

    /// The name of all its workers in the stream's consumer group: each message
    /// is a new instance, and a name each would pile up.
    pub(crate) const fn consumer(self) -> &'static str {
        match self {
            Self::Convert => "converter",
            Self::Notify => "notifier",
        }
    }

    /// The job's field that holds the attempts made before it was last queued.
    pub(crate) const fn base_field(self) -> &'static str {
        match self {
            Self::Convert => "base",
            Self::Notify => "mail_base",
        }
    }

    /// The job's field that names its dead letter.
    pub(crate) const fn dead_field(self) -> &'static str {
        match self {
            Self::Convert => "dead_entry",
            Self::Notify => "mail_dead_entry",
        }
    }

    /// The job's field that counts attempts at this work.
    pub(crate) const fn attempt_field(self) -> &'static str {
        match self {
            Self::Convert => "attempt",
            Self::Notify => "mail_attempt",
        }
    }

    /// The job's field that holds the state of this work.
    pub(crate) const fn state_field(self) -> &'static str {
        match self {
            Self::Convert => "state",
            Self::Notify => "mail_state",
        }
    }

    /// The state of work that waits.
    pub(crate) const fn waiting(self) -> &'static str {
        match self {
            Self::Convert => "queued",
            Self::Notify => "pending",
        }
    }

    /// The state of work that a worker holds.
    pub(crate) const fn working(self) -> &'static str {
        match self {
            Self::Convert => "converting",
            Self::Notify => "sending",
        }
    }
}
