//! The email API over HTTP.

use std::time::Duration;

use tonearm_notify::EmailApi;
use tonearm_spin_runtime::fetch::fetch;

/// The timeout for connecting, for the first byte and between bytes. Three of them are
/// shorter than the shortest sensible lease.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The email API over HTTP.
pub struct Http;

impl EmailApi for Http {
    fn send(&self, request: &http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, String> {
        fetch(request, TIMEOUT).map_err(|error| error.to_string())
    }
}
