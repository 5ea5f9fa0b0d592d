//! Deletion of expired blobs and of the jobs of deleted accounts.

use tonearm_blobs::collect_garbage;

use crate::{JobQueue, Platform};

/// Jobs of deleted accounts that one call deletes: some milliseconds of Redis.
const JOBS: u32 = 50;

/// Deletes some jobs of deleted accounts and at most `limit` expired blobs; failures are
/// only logged.
pub(crate) fn collect<P: Platform>(platform: &P, queue: &P::Queue, limit: u32) {
    if let Err(error) = queue.delete_of_deleted_accounts(JOBS) {
        eprintln!("garbage collection: {error}");
    }
    match platform.files() {
        Ok(files) => collect_garbage(files, queue.expired_blobs(limit), |blob| {
            queue.forget_blob(blob)
        }),
        Err(error) => eprintln!("garbage collection: {error}"),
    }
}
