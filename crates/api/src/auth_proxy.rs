//! `/register`, `/login` and `/.well-known/jwks.json`, forwarded to auth.

use std::time::Duration;

use http::{HeaderName, Method, Request, Uri, header};
use tonearm_web::reply::Reply;
use tonearm_web::request::Head;

use crate::answer::{Answer, Call};
use crate::{BodyReader, Error, Platform, Progress};

/// Most bytes of a body: an address and a password.
const MAX_BODY_BYTES: usize = 16 * 1024;
/// How long to wait for auth: hashing a password on a busy machine takes a second.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The headers of a request that are forwarded.
const REQUEST_HEADERS: [HeaderName; 3] =
    [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT];
/// The headers of a response that are returned.
const RESPONSE_HEADERS: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    header::LOCATION,
    header::ALLOW,
    header::X_CONTENT_TYPE_OPTIONS,
];

/// The URL of `path` at auth.
pub(crate) fn url<P: Platform>(platform: &P, path: &str) -> Result<Uri, Error> {
    let base = platform.variable("auth_url")?;
    let url = format!("{}/auth{path}", base.trim_end_matches('/'));
    url.parse().map_err(|error| Error::Config {
        name: "auth_url".to_owned(),
        reason: format!("{error}"),
    })
}

/// Forwards a request without a body.
pub(crate) fn forward<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    send(call.platform, call.head, Vec::new()).map(Answer::Complete)
}

/// Forwards a request with its body.
pub(crate) fn forward_with_body<'p, P: Platform>(
    call: &Call<'p, P>,
) -> Result<Answer<'p, P>, Error> {
    Ok(Answer::ReadBody(Box::new(Forward {
        platform: call.platform,
        head: call.head,
        body: Vec::new(),
    })))
}

struct Forward<'p, P: Platform> {
    platform: &'p P,
    head: &'p Head,
    body: Vec<u8>,
}

impl<P: Platform> BodyReader for Forward<'_, P> {
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error> {
        if self.body.len() + piece.len() > MAX_BODY_BYTES {
            return Err(Error::BodyTooLarge(MAX_BODY_BYTES));
        }
        self.body.extend_from_slice(&piece);
        Ok(Progress::NeedMore)
    }

    fn end(&mut self) -> Result<Progress, Error> {
        Ok(Progress::Complete)
    }

    fn interrupt(&mut self, reason: String) -> Error {
        Error::BodyIncomplete(reason)
    }

    fn finish(self: Box<Self>) -> Result<Reply, Error> {
        send(self.platform, self.head, self.body)
    }
}

fn send<P: Platform>(platform: &P, head: &Head, body: Vec<u8>) -> Result<Reply, Error> {
    let method = match *head.method() {
        Method::HEAD => &Method::GET,
        ref method => method,
    };
    let mut request = Request::builder()
        .method(method)
        .uri(url(platform, head.uri().path())?);
    for name in REQUEST_HEADERS {
        if let Some(value) = head.headers().get(&name) {
            request = request.header(name, value);
        }
    }
    let request = request
        .body(body)
        .map_err(|error| Error::AuthUnavailable(error.to_string()))?;
    let response = platform.fetch(&request, TIMEOUT)?;
    let mut reply = Reply::new(Vec::new());
    *reply.status_mut() = response.status();
    for name in RESPONSE_HEADERS {
        if let Some(value) = response.headers().get(&name) {
            reply.headers_mut().insert(name, value.clone());
        }
    }
    *reply.body_mut() = response.into_body();
    Ok(reply)
}
