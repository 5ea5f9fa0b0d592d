//! Deleting litter.

use tonearm_blobs::{BlobName, delete};
use tonearm_jobs::{Jobs, Redis};

use crate::files::Files;

/// Deletes at most `most` blobs that are litter by now. A blob that cannot be
/// deleted stays on the list for the next sweep, so failures are only logged.
pub fn collect<R: Redis>(jobs: &Jobs<R>, files: &Files, most: u32) {
    let blobs = match jobs.expired_blobs(most) {
        Ok(blobs) => blobs,
        Err(error) => return eprintln!("sweep: {error}"),
    };
    for blob in blobs {
        if let Some(name) = BlobName::new(&blob)
            && let Err(error) = delete(files, &name)
        {
            eprintln!("sweep: {error}");
            continue;
        }
        if let Err(error) = jobs.forget_blob(&blob) {
            eprintln!("sweep: {error}");
        }
    }
}
