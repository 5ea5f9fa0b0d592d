//! Deletion of expired blobs.

use tonearm_blobs::{BlobName, delete};

use crate::{JobQueue, Platform};

/// Deletes at most `limit` expired blobs. A blob that cannot be deleted remains
/// registered for the next collection, so failures are only logged.
pub(crate) fn collect<P: Platform>(platform: &P, queue: &P::Queue, limit: u32) {
    let files = match platform.files() {
        Ok(files) => files,
        Err(error) => return eprintln!("garbage collection: {error}"),
    };
    let blobs = match queue.expired_blobs(limit) {
        Ok(blobs) => blobs,
        Err(error) => return eprintln!("garbage collection: {error}"),
    };
    for blob in blobs {
        if let Some(name) = BlobName::new(&blob)
            && let Err(error) = delete(files, &name)
        {
            eprintln!("garbage collection: {error}");
            continue;
        }
        if let Err(error) = queue.forget_blob(&blob) {
            eprintln!("garbage collection: {error}");
        }
    }
}
