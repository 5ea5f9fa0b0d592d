//! Deleting a blob, whole or half-written.

use crate::{BlobError, BlobName, Manifest, Store, keys};

/// Deletes the blob `name`, complete or not. An absent blob is no error.
///
/// The manifest goes first, so that nobody reads a blob that is being deleted.
/// Chunks go from the last to the first: what an interruption leaves is
/// contiguous from zero again and a second call finds it.
pub fn delete<S: Store>(store: &S, name: &BlobName) -> Result<(), BlobError> {
    let mut chunks = match Manifest::load(store, name) {
        Ok(Some(manifest)) => manifest.chunks(),
        // A damaged manifest must not keep its chunks alive.
        Ok(None) | Err(BlobError::BadManifest { .. }) => 0,
        Err(error) => return Err(error),
    };
    store.delete(&keys::manifest(name))?;
    while store.exists(&keys::chunk(name, chunks))? {
        chunks += 1;
    }
    for number in (0..chunks).rev() {
        store.delete(&keys::chunk(name, number))?;
    }
    Ok(())
}
