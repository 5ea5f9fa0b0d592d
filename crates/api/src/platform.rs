//! What the API needs from its runtime.

use std::time::Duration;

use http::{Request, Response};
use tonearm_account_state::TokenFacts;
use tonearm_blobs::Store;

use crate::{Error, JobQueue, UploadQueue};

/// The runtime of one request. The gateway implements it with Spin, the tests in
/// memory.
pub trait Platform: 'static {
    /// The queue.
    type Queue: JobQueue + UploadQueue;
    /// The file store.
    type Files: Store + 'static;

    /// The queue. Everything that a request asks Redis shares the connection that the
    /// first call opens.
    ///
    /// # Errors
    /// [`Error::QueueUnavailable`] or [`Error::Config`].
    fn queue(&self) -> Result<Self::Queue, Error>;

    /// The queue on a new connection, which replaces a broken one.
    ///
    /// # Errors
    /// Those of [`queue`](Self::queue).
    fn reconnect(&self) -> Result<Self::Queue, Error>;

    /// Whether the token with these facts is revoked.
    ///
    /// # Errors
    /// Those of [`queue`](Self::queue), and [`Error::Accounts`].
    fn is_revoked(&self, token: &TokenFacts<'_>) -> Result<bool, Error>;

    /// The file store, opened on the first call.
    ///
    /// # Errors
    /// [`Error::Files`].
    fn files(&self) -> Result<&Self::Files, Error>;

    /// Sends an HTTP request with an absolute URL to auth and returns the response.
    ///
    /// # Errors
    /// [`Error::AuthUnavailable`].
    fn fetch(
        &self,
        request: &Request<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, Error>;

    /// The value of a variable of the manifest, trimmed.
    ///
    /// # Errors
    /// [`Error::Config`].
    fn variable(&self, name: &str) -> Result<String, Error>;

    /// The time since 1970 in UTC.
    fn unix_time(&self) -> Duration;

    /// The time on a monotonic clock, since an arbitrary moment.
    fn monotonic_time(&self) -> Duration;

    /// Blocks for `duration`.
    fn sleep(&self, duration: Duration);
}

/// A variable as a whole number of at least `least`.
///
/// # Errors
/// [`Error::Config`].
pub fn number<N>(platform: &impl Platform, name: &'static str, least: N) -> Result<N, Error>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let value = platform.variable(name)?;
    match value.parse::<N>() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(Error::Config {
            name: name.to_owned(),
            reason: format!("{value:?} is not a whole number of at least {least}"),
        }),
    }
}

/// Milliseconds since 1970 in UTC.
pub fn unix_millis(platform: &impl Platform) -> u64 {
    u64::try_from(platform.unix_time().as_millis()).unwrap_or(u64::MAX)
}
