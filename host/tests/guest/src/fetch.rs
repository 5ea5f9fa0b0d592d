//! An outbound request with timeouts, which the SDK's `send` does not support.

use std::time::Duration;

use wasi::http::outgoing_handler;
use wasi::http::types::{Fields, OutgoingRequest, RequestOptions, Scheme};
use wasi::io::streams::StreamError;

/// GETs the URL in the first line. A second line is a timeout in milliseconds.
pub async fn fetch(lines: &str) -> Result<String, String> {
    let mut lines = lines.lines();
    let url = lines.next().unwrap_or_default();
    let timeout = lines
        .next()
        .and_then(|ms| ms.parse().ok())
        .map(Duration::from_millis);
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    let scheme = match scheme {
        "http" => Some(Scheme::Http),
        "https" => Some(Scheme::Https),
        _ => None,
    };
    let invalid = |()| "invalid request".to_owned();
    request.set_scheme(scheme.as_ref()).map_err(invalid)?;
    request
        .set_authority((!authority.is_empty()).then_some(authority))
        .map_err(invalid)?;
    request.set_path_with_query(Some(path)).map_err(invalid)?;
    let options = RequestOptions::new();
    if let Some(timeout) = timeout {
        let nanos = u64::try_from(timeout.as_nanos()).ok();
        options.set_connect_timeout(nanos).map_err(invalid)?;
        options.set_first_byte_timeout(nanos).map_err(invalid)?;
        options.set_between_bytes_timeout(nanos).map_err(invalid)?;
    }
    let future =
        outgoing_handler::handle(request, Some(options)).map_err(|code| format!("{code:?}"))?;
    future.subscribe().block();
    let response = future
        .get()
        .ok_or("no response yet")?
        .map_err(invalid)?
        .map_err(|code| format!("{code:?}"))?;
    let body = response.consume().map_err(invalid)?;
    let stream = body.stream().map_err(invalid)?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(chunk) => bytes.extend(chunk),
            Err(StreamError::Closed) => break,
            Err(error) => return Err(format!("{error:?}")),
        }
    }
    Ok(format!(
        "{}\n{}",
        response.status(),
        String::from_utf8_lossy(&bytes)
    ))
}
