//! Answers.

use http::{Response, header};
use serde::Serialize;
use spin_sdk::http::{Fields, OutgoingResponse, ResponseOutparam};
use tonearm_problem::{MEDIA_TYPE, Problem};

/// A small answer, sent in one write with its length.
pub type Reply = Response<Vec<u8>>;

/// An answer with a body of the given media type.
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

/// A page.
pub fn html(status: u16, body: impl Into<String>) -> Reply {
    bytes(status, "text/html; charset=utf-8", body.into())
}

/// A JSON document, indented for people with curl, with a newline at the end.
/// Nobody but the client may keep it.
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
            eprintln!("an answer could not be written as JSON: {error}");
            problem(&Problem::new(500, "internal", "Internal error"))
        }
    }
}

/// No body.
pub fn empty(status: u16) -> Reply {
    let mut reply = Response::new(Vec::new());
    if let Ok(status) = status.try_into() {
        *reply.status_mut() = status;
    }
    reply
}

/// A problem document, with `Retry-After` where it says when.
pub fn problem(problem: &Problem) -> Reply {
    let reply = bytes(problem.status, MEDIA_TYPE, problem.to_body());
    let reply = with(reply, "cache-control", "no-store");
    match problem.retry_after {
        Some(seconds) => with(reply, "retry-after", &seconds.to_string()),
        None => reply,
    }
}

/// 405 with the methods that would do (RFC 9110, section 15.5.6).
pub fn method_not_allowed(allow: &str) -> Reply {
    let reply = problem(
        &Problem::new(405, "method_not_allowed", "Method not allowed")
            .detail(format!("This path answers to {allow}.")),
    );
    with(reply, "allow", allow)
}

/// 404 for a path that means nothing.
pub fn no_such_path(path: &str) -> Reply {
    problem(&Problem::new(404, "not_found", "Not found").detail(format!(
        "There is nothing at {path}. GET / tells what there is."
    )))
}

/// `reply` with one more header. A value that is no header value is left out.
#[must_use]
pub fn with(mut reply: Reply, name: &'static str, value: &str) -> Reply {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        reply
            .headers_mut()
            .insert(header::HeaderName::from_static(name), value);
    }
    reply
}

/// Sends `reply`.
pub async fn send(reply: Reply, out: ResponseOutparam) {
    let (head, body) = reply.into_parts();
    let response = start(&Response::from_parts(head, ()), Some(body.len() as u64));
    if let Err(error) = out.set_with_body(response, body).await {
        eprintln!("an answer was not taken: {error}");
    }
}

/// The runtime's response for a head, with its length where that is known.
pub fn start(head: &Response<()>, length: Option<u64>) -> OutgoingResponse {
    let mut entries: Vec<(String, Vec<u8>)> = head
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    // A 204 and a 304 must not carry one (RFC 9110, section 8.6); the answer to a
    // HEAD brings its own.
    let none = matches!(head.status().as_u16(), 204 | 304)
        || head.headers().contains_key(header::CONTENT_LENGTH);
    if let (Some(length), false) = (length, none) {
        entries.push(("content-length".to_owned(), length.to_string().into_bytes()));
    }
    let fields = Fields::from_list(&entries).unwrap_or_else(|error| {
        eprintln!("the headers of an answer were refused: {error}");
        Fields::new()
    });
    let response = OutgoingResponse::new(fields);
    if response.set_status_code(head.status().as_u16()).is_err() {
        eprintln!("the status of an answer was refused: {}", head.status());
    }
    response
}
