//! Small responses and problem documents.

use http::{Response, header};
use serde::Serialize;
use tonearm_problem::{MEDIA_TYPE, Problem};

/// A response whose body is held in memory.
pub type Reply = Response<Vec<u8>>;

/// A response with a body of the given media type.
pub fn bytes(status: u16, media_type: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    let mut reply = Response::new(body.into());
    if let Ok(status) = status.try_into() {
        *reply.status_mut() = status;
    }
    let headers = reply.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        header::HeaderValue::from_static("nosniff"),
    );
    reply
}

/// Plain text.
pub fn text(status: u16, body: impl Into<String>) -> Reply {
    bytes(status, "text/plain; charset=utf-8", body.into())
}

/// An HTML page.
pub fn html(status: u16, body: impl Into<String>) -> Reply {
    bytes(status, "text/html; charset=utf-8", body.into())
}

/// A JSON document that must not be cached, indented and with a final newline for
/// terminals.
pub fn json<T: Serialize>(status: u16, value: &T) -> Reply {
    match serde_json::to_vec_pretty(value) {
        Ok(mut body) => {
            body.push(b'\n');
            with(
                bytes(status, "application/json", body),
                "cache-control",
                "no-store",
            )
        }
        Err(error) => {
            eprintln!("a response could not be serialized: {error}");
            problem(&Problem::new(500, "internal", "Internal error"))
        }
    }
}

/// A response without a body.
pub fn empty(status: u16) -> Reply {
    let mut reply = Response::new(Vec::new());
    if let Ok(status) = status.try_into() {
        *reply.status_mut() = status;
    }
    reply
}

/// A problem document, with `Retry-After` if the problem names a delay.
pub fn problem(problem: &Problem) -> Reply {
    let reply = bytes(problem.status, MEDIA_TYPE, problem.to_body());
    let reply = with(reply, "cache-control", "no-store");
    match problem.retry_after {
        Some(seconds) => with(reply, "retry-after", &seconds.to_string()),
        None => reply,
    }
}

/// 405 with the allowed methods (RFC 9110, section 15.5.6).
pub fn method_not_allowed(allow: &str) -> Reply {
    let reply = problem(
        &Problem::new(405, "method_not_allowed", "Method not allowed")
            .detail(format!("This path answers to {allow}.")),
    );
    with(reply, "allow", allow)
}

/// 404 for an unknown path.
pub fn no_such_path(path: &str) -> Reply {
    problem(&Problem::new(404, "not_found", "Not found").detail(format!(
        "There is nothing at {path}. GET / describes the routes."
    )))
}

/// Adds a header to `reply`. An invalid value is ignored.
#[must_use]
pub fn with(mut reply: Reply, name: &'static str, value: &str) -> Reply {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        reply
            .headers_mut()
            .insert(header::HeaderName::from_static(name), value);
    }
    reply
}
