//! The queues and their names.

/// A queue: one kind of work on jobs.
///
/// A further queue is a variant here and a row of `QUEUES` in `scripts/prelude.lua`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Conversions, for the converter.
    Convert,
    /// Emails about ended conversions, for the notifier.
    Notify,
}

impl Queue {
    /// The pub/sub channel that notifies its workers, as in the manifest. The stream
    /// and the `queue` label of the metrics have the same name.
    pub const fn channel(self) -> &'static str {
        match self {
            Self::Convert => "video",
            Self::Notify => "mp3",
        }
    }

    /// The kind of work, as in keys, history and counters.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Notify => "mail",
        }
    }
}
