//! Serving requests with small bodies.

use http::Method;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};

use crate::reply::{self, Reply};
use crate::request::{self, Head};

/// Serves one request: finds its route, reads its body, and sends the reply of `respond`.
///
/// The reply of a failed `route` is sent without reading the body. A body of more than
/// `max_body_bytes` gets a 413.
pub async fn serve<R>(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    max_body_bytes: usize,
    route: impl FnOnce(&Method, &str) -> Result<R, Box<Reply>>,
    respond: impl FnOnce(R, Head, Vec<u8>) -> Reply,
) {
    let head = request::head(&incoming);
    let reply = match route(head.method(), head.uri().path()) {
        Ok(route) => match request::body(incoming, max_body_bytes).await {
            Ok(body) => respond(route, head, body),
            Err(problem) => reply::problem(&problem),
        },
        Err(reply) => *reply,
    };
    reply::send(reply, out).await;
}
