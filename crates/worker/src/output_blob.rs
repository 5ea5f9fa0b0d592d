//! An attempt that writes a blob.

use std::time::Duration;

use tonearm_blobs::{BlobName, Store, Writer};
use tonearm_jobs::JobsError;

use crate::{Clock, LeaseKeeper, Leases, Stopped};

/// The limits of an attempt that writes a blob.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long each renewal extends the lease.
    pub lease: Duration,
    /// How long the attempt may take.
    pub longest: Duration,
    /// Bytes per chunk of the blob.
    pub chunk_bytes: usize,
}

/// Runs `attempt`, which writes the blob `name`, and keeps the claim on `item`
/// meanwhile. If the attempt fails, the blob is deleted; what cannot be deleted now
/// stays staged and expires.
///
/// # Errors
/// Returns the error of the attempt, or [`Stopped`] as `E` if the keeper stopped it.
pub fn with_output_blob<L, S, T, E>(
    leases: &L,
    store: &S,
    clock: &dyn Clock,
    item: &L::Item,
    name: &BlobName,
    limits: Limits,
    attempt: impl FnOnce(Writer<&S>, &mut LeaseKeeper<'_, L>) -> Result<T, E>,
) -> Result<T, E>
where
    L: Leases,
    S: Store,
    E: From<JobsError> + From<Stopped>,
{
    let Limits { lease, longest, .. } = limits;
    let blob = name.to_string();
    let mut keeper = LeaseKeeper::start(leases, clock, item, &blob, lease, longest)?;
    let writer = Writer::new(store, name.clone(), limits.chunk_bytes);
    let result = attempt(writer, &mut keeper);
    let stopped = keeper.stopped();
    result.map_err(|error| {
        discard(leases, store, name);
        stopped.map_or(error, E::from)
    })
}

/// Deletes the chunks of an attempt that never offered its result.
fn discard<L: Leases>(leases: &L, store: &impl Store, name: &BlobName) {
    let forgotten = match tonearm_blobs::delete(store, name) {
        Ok(()) => leases
            .forget_blob(name.as_str())
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = forgotten {
        eprintln!("blob {}: not discarded: {error}", name.as_str());
    }
}
