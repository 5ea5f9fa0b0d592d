//! Every key this crate uses. The names are a storage format: they must not change.
//!
//! | key | value |
//! |---|---|
//! | `blob:NAME` | the [manifest](crate::Manifest), JSON |
//! | `blob:NAME:N` | chunk `N` of [`Section::Main`], counted from zero, raw bytes |
//! | `blob:NAME:aside:N` | chunk `N` of [`Section::Video`] |
//! | `blob:NAME:runs:N` | chunk `N` of [`Section::Extents`] |

use crate::BlobName;

/// A sequence of chunks within a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The blob without its video section.
    Main,
    /// The extents of video, one after another.
    Video,
    /// The list of extents.
    Extents,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 3] = [Self::Main, Self::Video, Self::Extents];
}

/// The key of the manifest.
pub fn manifest(name: &BlobName) -> String {
    format!("blob:{name}")
}

/// The name of a section, for keys and error messages.
pub(crate) fn section(name: &BlobName, section: Section) -> String {
    match section {
        Section::Main => name.to_string(),
        Section::Video => format!("{name}:aside"),
        Section::Extents => format!("{name}:runs"),
    }
}

/// The key of chunk `number` of a section.
pub fn chunk(name: &BlobName, in_section: Section, number: u64) -> String {
    format!("blob:{}:{number}", section(name, in_section))
}
