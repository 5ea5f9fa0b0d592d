//! `/register`, `/login` and `/.well-known/jwks.json`, passed to auth.

use std::time::Duration;

use http::{HeaderName, Request, Uri, header};
use spin_sdk::http::IncomingRequest;
use tonearm_spin_runtime::fetch::{FetchError, fetch};
use tonearm_spin_runtime::reply::Reply;
use tonearm_spin_runtime::request::{self, Head};
use tonearm_spin_runtime::{ConfigError, variables};

use crate::error::Error;

/// Most bytes of a body: an address and a password.
const LONGEST_BODY: usize = 16 * 1024;
/// How long to wait: hashing a password on a busy machine takes a second.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The headers that mean something to auth.
const PASSED: [HeaderName; 3] = [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT];
/// The headers of its answer that mean something to the client.
const RETURNED: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    header::LOCATION,
    header::ALLOW,
    header::X_CONTENT_TYPE_OPTIONS,
];

/// Where `path` is at auth.
pub fn url(path: &str) -> Result<Uri, Error> {
    let base = variables::text("auth_url")?;
    let url = format!("{}/auth{path}", base.trim_end_matches('/'));
    Ok(url.parse().map_err(|e| ConfigError::new("auth_url", e))?)
}

/// Passes the request on and the answer back.
pub async fn pass(head: &Head, body: Option<IncomingRequest>) -> Result<Reply, Error> {
    let body = match body {
        Some(incoming) => request::body(incoming, LONGEST_BODY).await?,
        None => Vec::new(),
    };
    let method = if head.method() == http::Method::HEAD {
        "GET"
    } else {
        head.method().as_str()
    };
    let mut outgoing = Request::builder()
        .method(method)
        .uri(url(head.uri().path())?);
    for name in PASSED {
        if let Some(value) = head.headers().get(&name) {
            outgoing = outgoing.header(name, value);
        }
    }
    let outgoing = outgoing
        .body(body)
        .map_err(|e| FetchError::BadRequest(e.to_string()))?;
    let answer = fetch(&outgoing, TIMEOUT)?;
    let mut reply = Reply::new(Vec::new());
    *reply.status_mut() = answer.status();
    for name in RETURNED {
        if let Some(value) = answer.headers().get(&name) {
            reply.headers_mut().insert(name, value.clone());
        }
    }
    *reply.body_mut() = answer.into_body();
    Ok(reply)
}
