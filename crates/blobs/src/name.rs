//! Blob names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A blob's name: 1 to 128 characters of `a-z`, `0-9`, `-` and `/`, so that it
/// is safe in the keys of every provider and never collides with a chunk's suffix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobName(String);

impl BlobName {
    /// Parses a name; `None` if it is invalid.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let valid = (1..=128).contains(&name.len())
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'/'));
        valid.then_some(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BlobName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name).ok_or("not a blob's name")
    }
}

impl From<BlobName> for String {
    fn from(name: BlobName) -> Self {
        name.0
    }
}
