//! The manifest: what makes chunks a blob.

use serde::{Deserialize, Serialize};

use crate::{BlobError, BlobName, Store, keys};

/// The layout version that this crate writes and reads.
const VERSION: u32 = 1;

/// What is known of a complete blob. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout version, 1.
    version: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// Length of each chunk but the last, in bytes. A blob keeps the size it
    /// was written with when the configured one changes.
    pub chunk_bytes: u64,
    /// Media type, e.g. `audio/mpeg`.
    pub media_type: String,
}

impl Manifest {
    pub(crate) fn new(bytes: u64, chunk_bytes: u64, media_type: &str) -> Self {
        Self {
            version: VERSION,
            bytes,
            chunk_bytes,
            media_type: media_type.to_owned(),
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
        if manifest.version != VERSION {
            return Err(bad(format!(
                "version {} is not {VERSION}",
                manifest.version
            )));
        }
        if manifest.chunk_bytes == 0 {
            return Err(bad("chunks of no length".to_owned()));
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

    /// How many chunks there are.
    pub fn chunks(&self) -> u64 {
        self.bytes.div_ceil(self.chunk_bytes)
    }
}
