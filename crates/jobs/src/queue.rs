//! The queues and their names.

/// A queue: one kind of work.
///
/// A further queue is a variant here and a row of `QUEUES` in `scripts/prelude.lua`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Conversions, for the converter.
    Convert,
    /// Emails about ended conversions, for the notifier.
    Notify,
    /// Letters: emails about accounts, for the notifier.
    Letter,
}

impl Queue {
    /// All queues.
    pub const ALL: [Self; 3] = [Self::Convert, Self::Notify, Self::Letter];

    /// The name, as in keys, in the `queue` label of the metrics and in the parameter
    /// `queue` of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convert => "video",
            Self::Notify => "mp3",
            Self::Letter => "letter",
        }
    }

    /// The queue of this [name](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }

    /// The kind of work, as in keys, history and counters.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Notify => "mail",
            Self::Letter => "letter",
        }
    }
}
