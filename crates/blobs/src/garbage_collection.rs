//! Deleting expired blobs.

use std::fmt::Display;

use crate::{BlobName, Store, delete};

/// Deletes the blobs of the list `expired`, and calls `forget` for each deleted one.
/// Failures are only logged, since a blob that was not forgotten stays on the list.
pub fn collect_garbage<E: Display>(
    store: &impl Store,
    expired: Result<Vec<String>, E>,
    forget: impl Fn(&str) -> Result<(), E>,
) {
    let blobs = match expired {
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
        if let Err(error) = forget(&blob) {
            eprintln!("garbage collection: {error}");
        }
    }
}
