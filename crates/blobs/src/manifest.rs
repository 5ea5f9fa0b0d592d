//! The manifest: what makes chunks a blob.

use serde::{Deserialize, Serialize};

use crate::{BlobError, BlobName, Store, keys};

/// The layout of a blob that is its own chunks alone.
const PLAIN: u32 = 1;
/// The layout of a blob that goes on with other blobs.
const JOINED: u32 = 2;

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

/// What is known of a complete blob. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout version, 1 or 2.
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
        let version = if manifest.parts.is_empty() {
            PLAIN
        } else {
            JOINED
        };
        if manifest.version != version {
            let found = manifest.version;
            return Err(bad(format!("version {found} is not {version}")));
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
        Ok(Some(manifest))
    }

    pub(crate) fn save<S: Store>(&self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        let json = serde_json::to_vec(self).map_err(|e| BlobError::BadManifest {
            name: name.to_string(),
            reason: e.to_string(),
        })?;
        store.set(&keys::manifest(name), &json)
    }

    /// Bytes of its own, before any part's.
    pub(crate) fn own_bytes(&self) -> u64 {
        let parts: u64 = self.parts.iter().map(|part| part.bytes).sum();
        self.bytes.saturating_sub(parts)
    }

    /// How many chunks of its own there are.
    pub fn chunks(&self) -> u64 {
        self.own_bytes().div_ceil(self.chunk_bytes)
    }
}
