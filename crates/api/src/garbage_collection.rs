//! Deletion of expired blobs and of the jobs of deleted accounts.

use tonearm_blobs::collect_garbage;

use crate::{JobQueue, Platform};

/// Jobs of deleted accounts that one call deletes: some milliseconds of Redis.
const JOBS: u32 = 50;

/// Expired blobs that one call deletes: those of one job or upload, and some others.
const BLOBS: u32 = 8;

/// Deletes some jobs of deleted accounts and some expired blobs; failures are only logged.
pub(crate) fn collect<P: Platform>(platform: &P, queue: &P::Queue) {
    if let Err(error) = queue.delete_of_deleted_accounts(JOBS) {
        eprintln!("garbage collection: {error}");
    }
    match platform.files() {
        Ok(files) => collect_garbage(files, queue.expired_blobs(BLOBS), |blob| {
            queue.forget_blob(blob)
        }),
        Err(error) => eprintln!("garbage collection: {error}"),
    }
}
