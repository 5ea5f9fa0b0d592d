//! The manifest of a blob.

use serde::{Deserialize, Serialize};

use crate::keys::{self, Section};
use crate::{BlobError, BlobName, Store};

/// Layout version of a blob with a main section only.
const PLAIN: u32 = 1;
/// Layout version of a blob that continues with other blobs.
const JOINED: u32 = 2;
/// Layout version of a blob with a video section.
const SPLIT: u32 = 3;

/// Another blob, as a part of a joined one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: BlobName,
    /// Its length in bytes.
    pub bytes: u64,
    /// Length of each of its chunks but the last, in bytes.
    pub chunk_bytes: u64,
}

/// The video section of a blob, and its extents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Video {
    /// Length of the video section, in bytes.
    bytes: u64,
    /// Length of the extent list, in bytes.
    #[serde(rename = "runs_bytes")]
    extents_bytes: u64,
}

/// The properties of a complete blob. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout version, 1 to 3.
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
    /// The video section. A blob has either this or parts.
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

    /// The manifest of a blob of `bytes`, of which `video_bytes` are in the video section.
    pub(crate) fn split(
        bytes: u64,
        chunk_bytes: u64,
        media_type: &str,
        video_bytes: u64,
        extents_bytes: u64,
    ) -> Self {
        let plain = Self::new(bytes, chunk_bytes, media_type, Vec::new());
        if video_bytes == 0 {
            return plain;
        }
        Self {
            version: SPLIT,
            video: Some(Video {
                bytes: video_bytes,
                extents_bytes,
            }),
            ..plain
        }
    }

    /// The layout version that the fields imply; `None` for an invalid combination.
    fn layout(&self) -> Option<u32> {
        match (&self.video, self.parts.is_empty()) {
            (None, true) => Some(PLAIN),
            (None, false) => Some(JOINED),
            (Some(_), true) => Some(SPLIT),
            (Some(_), false) => None,
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
        if manifest.layout() != Some(manifest.version) {
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
        if manifest.section_bytes(Section::Video) > manifest.bytes {
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

    /// Length of one of its own sections, in bytes.
    pub(crate) fn section_bytes(&self, section: Section) -> u64 {
        let video = self.video.as_ref();
        let video_bytes = video.map_or(0, |video| video.bytes);
        match section {
            Section::Main => {
                let parts: u64 = self.parts.iter().map(|part| part.bytes).sum();
                self.bytes.saturating_sub(parts).saturating_sub(video_bytes)
            }
            Section::Video => video_bytes,
            Section::Extents => video.map_or(0, |video| video.extents_bytes),
        }
    }

    /// Number of chunks in one of its own sections.
    pub(crate) fn chunks(&self, section: Section) -> u64 {
        self.section_bytes(section).div_ceil(self.chunk_bytes)
    }

    /// Whether it has a video section.
    pub(crate) fn is_split(&self) -> bool {
        self.video.is_some()
    }
}
