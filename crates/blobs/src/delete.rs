//! Deleting a blob, complete or not.

use crate::keys::{self, Section};
use crate::{BlobError, BlobName, Manifest, Store};

/// Deletes the blob `name`, complete or not. An absent blob is not an error.
///
/// The manifest goes first, so a blob that is being deleted cannot be opened.
/// Chunks go from last to first: after an interruption the remaining chunks
/// are contiguous from zero again, and a second call finds them.
pub fn delete<S: Store>(store: &S, name: &BlobName) -> Result<(), BlobError> {
    let manifest = match Manifest::load(store, name) {
        Ok(manifest) => manifest,
        // A damaged manifest must not keep its chunks alive.
        Err(BlobError::BadManifest { .. }) => None,
        Err(error) => return Err(error),
    };
    store.delete(&keys::manifest(name))?;
    for section in Section::ALL {
        let mut chunks = manifest.as_ref().map_or(0, |known| known.chunks(section));
        while store.exists(&keys::chunk(name, section, chunks))? {
            chunks += 1;
        }
        for number in (0..chunks).rev() {
            store.delete(&keys::chunk(name, section, number))?;
        }
    }
    Ok(())
}
