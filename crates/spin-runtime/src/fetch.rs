//! Outbound HTTP with explicit timeouts, since Spin's own are ten minutes each.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Request, Response};
use spin_sdk::wit::wasi::http0_2_0::outgoing_handler;
use spin_sdk::wit::wasi::http0_2_0::types::{
    ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions,
    Scheme,
};
use wasi::io::streams::StreamError;

/// The largest response body, in bytes. Tokens, key sets and the responses of email APIs
/// are far smaller.
const MAX_BODY: usize = 1024 * 1024;
/// The limit of one `blocking-write-and-flush`, in bytes.
const WRITE_SIZE: usize = 4096;

/// A request without a response.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL or a header is invalid, so a repeated request would fail as well.
    #[error("invalid request: {0}")]
    BadRequest(String),
    /// The server could not be reached or took too long.
    #[error("no response: {0}")]
    NoResponse(String),
    /// The response is truncated, invalid or too long.
    #[error("unreadable response: {0}")]
    BadResponse(String),
}

/// Sends `request`, which has an absolute URL, and waits for the complete response. The
/// timeout applies to connecting, to the first byte, and between bytes.
pub fn fetch(
    request: &Request<Vec<u8>>,
    timeout: Duration,
) -> Result<Response<Vec<u8>>, FetchError> {
    let outgoing = outgoing(request)?;
    let body = outgoing.body().map_err(|()| refused("body"))?;
    let pending =
        outgoing_handler::handle(outgoing, Some(options(timeout)?)).map_err(no_response)?;
    write(body, request.body())?;
    pending.subscribe().block();
    match pending.get() {
        Some(Ok(Ok(response))) => read(&response),
        Some(Ok(Err(error))) => Err(no_response(error)),
        Some(Err(())) | None => Err(FetchError::NoResponse(
            "the response was read twice".to_owned(),
        )),
    }
}

fn outgoing(request: &Request<Vec<u8>>) -> Result<OutgoingRequest, FetchError> {
    let mut headers: Vec<(String, Vec<u8>)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    if !request.body().is_empty() {
        headers.push((
            "content-length".to_owned(),
            request.body().len().to_string().into(),
        ));
    }
    let headers =
        Fields::from_list(&headers).map_err(|e| FetchError::BadRequest(format!("{e:?}")))?;
    let outgoing = OutgoingRequest::new(headers);
    let uri = request.uri();
    let scheme = match uri.scheme_str() {
        Some("https") => Scheme::Https,
        Some("http") => Scheme::Http,
        _ => return Err(refused("scheme")),
    };
    let method = match *request.method() {
        http::Method::GET => Method::Get,
        http::Method::POST => Method::Post,
        http::Method::PATCH => Method::Patch,
        http::Method::DELETE => Method::Delete,
        ref other => Method::Other(other.to_string()),
    };
    outgoing
        .set_method(&method)
        .map_err(|()| refused("method"))?;
    outgoing
        .set_scheme(Some(&scheme))
        .map_err(|()| refused("scheme"))?;
    outgoing
        .set_authority(uri.authority().map(http::uri::Authority::as_str))
        .map_err(|()| refused("authority"))?;
    outgoing
        .set_path_with_query(uri.path_and_query().map(http::uri::PathAndQuery::as_str))
        .map_err(|()| refused("path"))?;
    Ok(outgoing)
}

fn options(timeout: Duration) -> Result<RequestOptions, FetchError> {
    let nanoseconds = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    let options = RequestOptions::new();
    options
        .set_connect_timeout(Some(nanoseconds))
        .map_err(|()| refused("connect timeout"))?;
    options
        .set_first_byte_timeout(Some(nanoseconds))
        .map_err(|()| refused("first-byte timeout"))?;
    options
        .set_between_bytes_timeout(Some(nanoseconds))
        .map_err(|()| refused("between-bytes timeout"))?;
    Ok(options)
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), FetchError> {
    let stream = body.write().map_err(|()| refused("body"))?;
    for piece in bytes.chunks(WRITE_SIZE) {
        // The server may respond and close before it has read everything. Its response
        // says more than the failed write does.
        if stream.blocking_write_and_flush(piece).is_err() {
            break;
        }
    }
    drop(stream);
    match OutgoingBody::finish(body, None) {
        Ok(()) | Err(ErrorCode::HttpRequestBodySize(_)) => Ok(()),
        Err(error) => Err(no_response(error)),
    }
}

fn read(incoming: &IncomingResponse) -> Result<Response<Vec<u8>>, FetchError> {
    let bad = |what: &str| FetchError::BadResponse(what.to_owned());
    let mut response = Response::new(Vec::new());
    *response.status_mut() = incoming
        .status()
        .try_into()
        .map_err(|_| bad("invalid status"))?;
    for (name, value) in incoming.headers().entries() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    let body = incoming.consume().map_err(|()| bad("it was read twice"))?;
    let stream = body.stream().map_err(|()| bad("it was read twice"))?;
    loop {
        match stream.blocking_read(WRITE_SIZE as u64) {
            Ok(piece) => response.body_mut().extend_from_slice(&piece),
            Err(StreamError::Closed) => return Ok(response),
            Err(StreamError::LastOperationFailed(error)) => {
                return Err(bad(&error.to_debug_string()));
            }
        }
        if response.body().len() > MAX_BODY {
            return Err(bad("it is too long"));
        }
    }
}

fn refused(what: &str) -> FetchError {
    FetchError::BadRequest(format!("the runtime refused its {what}"))
}

fn no_response(error: ErrorCode) -> FetchError {
    match error {
        ErrorCode::HttpRequestDenied => FetchError::BadRequest(
            "the address is not in this component's allowed_outbound_hosts".to_owned(),
        ),
        other => FetchError::NoResponse(format!("{other:?}")),
    }
}
