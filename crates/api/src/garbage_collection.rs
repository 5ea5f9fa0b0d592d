//! Deletion of expired blobs.

use tonearm_blobs::collect_garbage;

use crate::{JobQueue, Platform};

/// Deletes at most `limit` expired blobs; failures are only logged.
pub(crate) fn collect<P: Platform>(platform: &P, queue: &P::Queue, limit: u32) {
    match platform.files() {
        Ok(files) => collect_garbage(files, queue.expired_blobs(limit), |blob| {
            queue.forget_blob(blob)
        }),
        Err(error) => eprintln!("garbage collection: {error}"),
    }
}
