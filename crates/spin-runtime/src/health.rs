//! The health check of a service without other routes.

use tonearm_problem::Problem;

use crate::reply::{self, Reply};
use crate::request::Head;

/// Responds to `GET PREFIX/healthz` with the reply of `check`, or with 503 and a line in
/// the log if it fails. The prefix is optional, since a service may have an address of
/// its own.
pub fn route(head: &Head, prefix: &str, check: impl FnOnce() -> anyhow::Result<Reply>) -> Reply {
    let path = head.uri().path();
    let get = matches!(*head.method(), http::Method::GET | http::Method::HEAD);
    match path.strip_prefix(prefix).unwrap_or(path) {
        "/healthz" if get => check().unwrap_or_else(|error| {
            eprintln!("health check failed: {error}");
            reply::problem(
                &Problem::new(503, "unavailable", "Unavailable")
                    .detail("This service cannot work at the moment; its log contains the reason.")
                    .retry_after(5),
            )
        }),
        "/healthz" => reply::method_not_allowed("GET, HEAD"),
        _ => reply::no_such_path(path),
    }
}
