//! Every key this crate uses.
//!
//! | key | value |
//! |---|---|
//! | `blob:NAME` | the [manifest](crate::Manifest), JSON |
//! | `blob:NAME:N` | chunk `N`, counted from zero, raw bytes |
//! | `blob:NAME:aside:N` | chunk `N` of what was set aside |
//! | `blob:NAME:runs:N` | chunk `N` of the list of what was set aside |

use crate::BlobName;

/// Chunks that lie behind one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// The blob, or what is left of it.
    Main,
    /// What was set aside.
    Aside,
    /// Where that belongs.
    Runs,
}

impl Lane {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Main, Self::Aside, Self::Runs];
}

/// Where the manifest lies.
pub fn manifest(name: &BlobName) -> String {
    format!("blob:{name}")
}

/// A lane's name, for keys and for people.
pub(crate) fn lane(name: &BlobName, lane: Lane) -> String {
    match lane {
        Lane::Main => name.to_string(),
        Lane::Aside => format!("{name}:aside"),
        Lane::Runs => format!("{name}:runs"),
    }
}

/// Where chunk `number` of a lane lies.
pub fn chunk(name: &BlobName, in_lane: Lane, number: u64) -> String {
    format!("blob:{}:{number}", lane(name, in_lane))
}
