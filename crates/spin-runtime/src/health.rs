//! The health check of a service that has no other route.

use tonearm_problem::Problem;

use crate::reply::{self, Reply};
use crate::request::Head;

/// Answers `GET PREFIX/healthz` with what `check` says, or with 503 and a line
/// in the log where it fails. The prefix may be missing, as it is where a
/// service has an address to itself.
pub fn route(head: &Head, prefix: &str, check: impl FnOnce() -> anyhow::Result<Reply>) -> Reply {
    let path = head.uri().path();
    let get = matches!(*head.method(), http::Method::GET | http::Method::HEAD);
    match path.strip_prefix(prefix).unwrap_or(path) {
        "/healthz" if get => check().unwrap_or_else(|error| {
            eprintln!("not healthy: {error}");
            reply::problem(
                &Problem::new(503, "unavailable", "Unavailable")
                    .detail("This service cannot work at the moment; its log tells why.")
                    .retry_after(5),
            )
        }),
        "/healthz" => reply::method_not_allowed("GET, HEAD"),
        _ => reply::no_such_path(path),
    }
}
