//! Deleting expired blobs.

use tonearm_blobs::{BlobName, Store, delete};
use tonearm_jobs::{Jobs, Redis};

/// Deletes at most `limit` expired blobs. Failures are only logged, since a blob that
/// was not deleted stays listed.
pub fn collect_garbage<R: Redis>(jobs: &Jobs<R>, store: &impl Store, limit: u32) {
    let blobs = match jobs.expired_blobs(limit) {
        Ok(blobs) => blobs,
        Err(error) => return eprintln!("garbage collection: {error}"),
    };
    for blob in blobs {
        if let Some(name) = BlobName::new(&blob)
            && let Err(error) = delete(store, &name)
        {
            eprintln!("garbage collection: {error}");
            continue;
        }
        if let Err(error) = jobs.forget_blob(&blob) {
            eprintln!("garbage collection: {error}");
        }
    }
}
