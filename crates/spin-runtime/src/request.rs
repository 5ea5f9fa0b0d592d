//! Incoming requests.

use futures::StreamExt;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use spin_sdk::http::IncomingRequest;
use tonearm_problem::Problem;
pub use tonearm_web::request::*;

/// Reads everything but the body. Parts that cannot be parsed are left out: the
/// runtime has parsed the request already.
pub fn head(incoming: &IncomingRequest) -> Head {
    let mut head = Request::new(());
    *head.method_mut() =
        Method::from_bytes(incoming.method().to_string().as_bytes()).unwrap_or_default();
    let path = incoming.path_with_query().unwrap_or_else(|| "/".to_owned());
    *head.uri_mut() = Uri::try_from(path).unwrap_or_default();
    for (name, value) in incoming.headers().entries() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) {
            head.headers_mut().append(name, value);
        }
    }
    // WASI keeps the Host header separate from the others.
    if let Some(Ok(host)) = incoming.authority().map(HeaderValue::try_from) {
        head.headers_mut().insert(http::header::HOST, host);
    }
    head
}

/// Reads a body of at most `max_bytes` bytes: 413 beyond, 400 if it is incomplete.
pub async fn body(incoming: IncomingRequest, max_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut stream = std::pin::pin!(incoming.into_body_stream());
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| {
            Problem::new(400, "body_incomplete", "Body incomplete")
                .detail("The request's body ended before it was complete.")
        })?;
        if bytes.len() + piece.len() > max_bytes {
            return Err(
                Problem::new(413, "body_too_large", "Body too large").detail(format!(
                    "The body of this request may have at most {max_bytes} bytes."
                )),
            );
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Reads and discards about `max_bytes` bytes of a body.
pub async fn drain(incoming: IncomingRequest, max_bytes: usize) {
    let mut stream = std::pin::pin!(incoming.into_body_stream());
    let mut left = max_bytes;
    while left > 0
        && let Some(Ok(piece)) = stream.next().await
    {
        left = left.saturating_sub(piece.len());
    }
}
