//! The manifest of a blob.

use serde::{Deserialize, Serialize};

use crate::keys::{self, Section};
use crate::{BlobError, BlobName, SplitCheckpoint, Store};

/// Layout version of a blob with a main section only.
const PLAIN: u32 = 1;
/// Layout version of a blob that continues with other blobs.
const JOINED: u32 = 2;
/// Layout version of a blob with a video section.
const SPLIT: u32 = 3;
/// Layout version of a blob that continues with the pieces of other writers. It and its parts
/// may have video sections, and the last chunk of a section may be longer than the section.
const PIECES: u32 = 4;

/// Maximum number of pieces that continue a blob. Their list is read as a whole.
pub const MAX_PARTS: usize = 1000;

/// Another blob, or the piece of another writer, as a part of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: BlobName,
    /// Its length in bytes.
    pub bytes: u64,
    /// Length of each of its chunks but the last, in bytes.
    pub chunk_bytes: u64,
    /// Its video section.
    #[serde(rename = "aside", default, skip_serializing_if = "Option::is_none")]
    video: Option<Video>,
}

impl Part {
    /// The complete blob `name` without a video section, in chunks of `chunk_bytes`.
    pub fn new(name: BlobName, bytes: u64, chunk_bytes: u64) -> Self {
        Self {
            name,
            bytes,
            chunk_bytes,
            video: None,
        }
    }

    /// The piece `name`, up to a checkpoint.
    pub(crate) fn of_piece(name: BlobName, stored: &SplitCheckpoint) -> Self {
        Self {
            name,
            bytes: stored.bytes(),
            chunk_bytes: stored.chunk_bytes(),
            video: stored.video(),
        }
    }

    pub(crate) fn video(&self) -> Option<Video> {
        self.video
    }
}

/// A video section, and its extents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Video {
    /// Length of the video section, in bytes.
    pub(crate) bytes: u64,
    /// Length of the extent list, in bytes.
    #[serde(rename = "runs_bytes")]
    pub(crate) extents_bytes: u64,
}

/// The properties of a complete blob. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout version, 1 to 4.
    version: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// Length of each chunk but the last, in bytes. A blob keeps the size it
    /// was written with when the configured one changes.
    pub chunk_bytes: u64,
    /// Media type, e.g. `audio/mpeg`.
    pub media_type: String,
    /// Blobs whose bytes follow its own, by reference: deleting this one leaves
    /// them alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The video section of its own bytes.
    #[serde(rename = "aside", default, skip_serializing_if = "Option::is_none")]
    video: Option<Video>,
}

impl Manifest {
    /// The manifest of `own_bytes` in chunks, followed by `parts`.
    pub(crate) fn new(
        own_bytes: u64,
        chunk_bytes: u64,
        media_type: &str,
        parts: Vec<Part>,
    ) -> Self {
        let parts_bytes: u64 = parts.iter().map(|part| part.bytes).sum();
        Self {
            version: if parts.is_empty() { PLAIN } else { JOINED },
            bytes: own_bytes + parts_bytes,
            chunk_bytes,
            media_type: media_type.to_owned(),
            parts,
            video: None,
        }
    }

    /// The manifest of a blob whose own sections are those of `own`, followed by the pieces
    /// `parts`.
    pub(crate) fn of_sections(own: &SplitCheckpoint, media_type: &str, parts: Vec<Part>) -> Self {
        let video = own.video();
        let version = match (parts.is_empty(), video) {
            (false, _) => PIECES,
            (true, Some(_)) => SPLIT,
            (true, None) => PLAIN,
        };
        Self {
            version,
            video,
            ..Self::new(own.bytes(), own.chunk_bytes(), media_type, parts)
        }
    }

    /// Whether the fields are those of the layout version.
    fn has_its_layout(&self) -> bool {
        let is_joined = !self.parts.is_empty();
        let has_split_parts = self.parts.iter().any(|part| part.video.is_some());
        match self.version {
            PLAIN => !is_joined && self.video.is_none(),
            JOINED => is_joined && self.video.is_none() && !has_split_parts,
            SPLIT => !is_joined && self.video.is_some(),
            PIECES => is_joined && self.parts.len() <= MAX_PARTS,
            _ => false,
        }
    }

    /// Reads the manifest of `name`; `None` if there is no such blob.
    pub fn load<S: Store>(store: &S, name: &BlobName) -> Result<Option<Self>, BlobError> {
        let Some(json) = store.get(&keys::manifest(name))? else {
            return Ok(None);
        };
        let bad = |reason: String| BlobError::BadManifest {
            name: name.to_string(),
            reason,
        };
        let manifest: Self = serde_json::from_slice(&json).map_err(|e| bad(e.to_string()))?;
        if !manifest.has_its_layout() {
            let found = manifest.version;
            return Err(bad(format!(
                "its fields do not match layout version {found}"
            )));
        }
        let mut sizes = manifest.parts.iter().map(|part| part.chunk_bytes);
        if manifest.chunk_bytes == 0 || sizes.any(|size| size == 0) {
            return Err(bad("a chunk length of zero".to_owned()));
        }
        let mut parts = manifest.parts.iter();
        let sum = parts.try_fold(0u64, |sum, part| sum.checked_add(part.bytes));
        if sum.is_none_or(|sum| sum > manifest.bytes) {
            return Err(bad("parts longer than the blob".to_owned()));
        }
        let parts = manifest.parts.iter();
        let mut split = parts.map(|part| (part.video, part.bytes));
        let is_too_long =
            |(video, bytes): (Option<Video>, u64)| video.is_some_and(|video| video.bytes > bytes);
        if is_too_long((manifest.video, manifest.own_bytes())) || split.any(is_too_long) {
            return Err(bad("a video section longer than the blob".to_owned()));
        }
        Ok(Some(manifest))
    }

    pub(crate) fn save<S: Store>(&self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        let json = serde_json::to_vec(self).map_err(|e| BlobError::BadManifest {
            name: name.to_string(),
            reason: e.to_string(),
        })?;
        store.set(&keys::manifest(name), &json)
    }

    /// Bytes of its own, video included.
    pub(crate) fn own_bytes(&self) -> u64 {
        let parts: u64 = self.parts.iter().map(|part| part.bytes).sum();
        self.bytes.saturating_sub(parts)
    }

    /// The video section of its own bytes.
    pub(crate) fn video(&self) -> Option<Video> {
        self.video
    }

    /// Number of chunks in one of its own sections.
    pub(crate) fn chunks(&self, section: Section) -> u64 {
        let video = self.video.map_or(0, |video| video.bytes);
        let bytes = match section {
            Section::Main => self.own_bytes().saturating_sub(video),
            Section::Video => video,
            Section::Extents => self.video.map_or(0, |video| video.extents_bytes),
        };
        bytes.div_ceil(self.chunk_bytes)
    }
}
