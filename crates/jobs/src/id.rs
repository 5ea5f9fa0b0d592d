//! The id of a job, which also names its file from upload to download, and of a letter.

use std::fmt;

use uuid::Uuid;

/// A UUID version 7 (RFC 9562): sortable by creation time, and with 74 random bits,
/// so it cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(Uuid);

/// The id of a letter, in the same form.
pub type LetterId = JobId;

impl JobId {
    /// A new id.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// Parses an id in the form that this program writes: 36 lower-case characters.
    /// Other spellings of the same UUID are rejected, so that one job has one name.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(Uuid::try_parse(text).ok()?);
        (id.0.get_version_num() == 7 && id.to_string() == text).then_some(id)
    }

    /// When the id was generated, in milliseconds since 1970, by the clock of the machine
    /// that did so (RFC 9562, section 5.7).
    pub fn created_ms(self) -> u64 {
        let (high, _) = self.0.as_u64_pair();
        high >> 16
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_are_rejected() {
        let id = JobId::generate();
        assert_eq!(JobId::parse(&id.to_string()), Some(id));
        for bad in [
            "",
            "x",
            "../../etc/passwd",
            "0190A0B1-0000-7000-8000-000000000000",
            "0190a0b1000070008000000000000000",
            "{0190a0b1-0000-7000-8000-000000000000}",
            "0190a0b1-0000-4000-8000-000000000000",
            "0190a0b1-0000-7000-8000-000000000000 ",
        ] {
            assert_eq!(JobId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_id_contains_the_time_of_its_creation() {
        let id = JobId::parse("0192c1a0-7b1e-7c3d-8f00-0123456789ab").unwrap();
        assert_eq!(id.created_ms(), 0x0192_c1a0_7b1e);
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..1000).map(|_| JobId::generate().to_string()).collect();
        assert!(ids.is_sorted());
    }
}
