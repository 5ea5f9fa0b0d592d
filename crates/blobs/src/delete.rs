//! Deleting a blob, whole or half-written.

use crate::keys::{self, Lane};
use crate::{BlobError, BlobName, Manifest, Store};

/// Deletes the blob `name`, complete or not. An absent blob is no error.
///
/// The manifest goes first, so that nobody reads a blob that is being deleted.
/// Chunks go from the last to the first: what an interruption leaves is
/// contiguous from zero again and a second call finds it.
pub fn delete<S: Store>(store: &S, name: &BlobName) -> Result<(), BlobError> {
    let manifest = match Manifest::load(store, name) {
        Ok(manifest) => manifest,
        // A damaged manifest must not keep its chunks alive.
        Err(BlobError::BadManifest { .. }) => None,
        Err(error) => return Err(error),
    };
    store.delete(&keys::manifest(name))?;
    for lane in Lane::ALL {
        let mut chunks = manifest.as_ref().map_or(0, |known| known.chunks(lane));
        while store.exists(&keys::chunk(name, lane, chunks))? {
            chunks += 1;
        }
        for number in (0..chunks).rev() {
            store.delete(&keys::chunk(name, lane, number))?;
        }
    }
    Ok(())
}
