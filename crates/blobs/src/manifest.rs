//! The manifest: what makes chunks a blob.

use serde::{Deserialize, Serialize};

use crate::keys::{self, Lane};
use crate::{BlobError, BlobName, Store};

/// The layout of a blob that is its own chunks alone.
const PLAIN: u32 = 1;
/// The layout of a blob that goes on with other blobs.
const JOINED: u32 = 2;
/// The layout of a blob of which parts were set aside.
const SPLIT: u32 = 3;

/// Another blob, whole, as a part of a joined one.
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

/// What was set aside of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Aside {
    /// Its length in bytes.
    bytes: u64,
    /// Length of the list of its runs, in bytes.
    runs_bytes: u64,
}

/// What is known of a complete blob. Written once, never changed.
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
    /// What lies in chunks of its own. A blob has either this or parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aside: Option<Aside>,
}

impl Manifest {
    /// Of a blob of `own_bytes` in chunks, followed by `parts`.
    pub(crate) fn new(
        own_bytes: u64,
        chunk_bytes: u64,
        media_type: &str,
        parts: Vec<Part>,
    ) -> Self {
        let rest: u64 = parts.iter().map(|part| part.bytes).sum();
        Self {
            version: if parts.is_empty() { PLAIN } else { JOINED },
            bytes: own_bytes + rest,
            chunk_bytes,
            media_type: media_type.to_owned(),
            parts,
            aside: None,
        }
    }

    /// Of a blob of `bytes`, of which `aside` were set aside in runs that a list of
    /// `runs_bytes` tells.
    pub(crate) fn split(
        bytes: u64,
        chunk_bytes: u64,
        media_type: &str,
        aside: u64,
        runs_bytes: u64,
    ) -> Self {
        let plain = Self::new(bytes, chunk_bytes, media_type, Vec::new());
        if aside == 0 {
            return plain;
        }
        Self {
            version: SPLIT,
            aside: Some(Aside {
                bytes: aside,
                runs_bytes,
            }),
            ..plain
        }
    }

    /// The layout that the fields are of.
    fn layout(&self) -> Option<u32> {
        match (&self.aside, self.parts.is_empty()) {
            (None, true) => Some(PLAIN),
            (None, false) => Some(JOINED),
            (Some(_), true) => Some(SPLIT),
            (Some(_), false) => None,
        }
    }

    /// Reads the manifest of `name`; `None` where there is no such blob.
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
            return Err(bad(format!("it is not of version {found}")));
        }
        let mut sizes = manifest.parts.iter().map(|part| part.chunk_bytes);
        if manifest.chunk_bytes == 0 || sizes.any(|size| size == 0) {
            return Err(bad("chunks of no length".to_owned()));
        }
        let mut parts = manifest.parts.iter();
        let sum = parts.try_fold(0u64, |sum, part| sum.checked_add(part.bytes));
        if sum.is_none_or(|sum| sum > manifest.bytes) {
            return Err(bad("parts longer than the whole".to_owned()));
        }
        if manifest.lane_bytes(Lane::Aside) > manifest.bytes {
            return Err(bad("more set aside than there is".to_owned()));
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

    /// Bytes in one of its own lanes.
    pub(crate) fn lane_bytes(&self, lane: Lane) -> u64 {
        let aside = self.aside.as_ref();
        let aside_bytes = aside.map_or(0, |aside| aside.bytes);
        match lane {
            Lane::Main => {
                let parts: u64 = self.parts.iter().map(|part| part.bytes).sum();
                self.bytes.saturating_sub(parts).saturating_sub(aside_bytes)
            }
            Lane::Aside => aside_bytes,
            Lane::Runs => aside.map_or(0, |aside| aside.runs_bytes),
        }
    }

    /// How many chunks there are in one of its own lanes.
    pub(crate) fn chunks(&self, lane: Lane) -> u64 {
        self.lane_bytes(lane).div_ceil(self.chunk_bytes)
    }

    /// Whether parts of it were set aside.
    pub(crate) fn is_split(&self) -> bool {
        self.aside.is_some()
    }
}
