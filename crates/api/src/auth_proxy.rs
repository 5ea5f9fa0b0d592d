//! Requests that auth answers: `/register`, `/login`, `/.well-known/jwks.json`, links to
//! `/account`, and what `account.rs` and `session.rs` ask it.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use tonearm_tokens::TokenError;
use tonearm_web::reply::Reply;
use tonearm_web::request::Head;

use crate::answer::{Answer, Call};
use crate::{Error, Platform, body};

/// How long to wait for auth: hashing a password on a busy machine takes a second.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The headers of a request that are forwarded.
const REQUEST_HEADERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::ACCEPT,
    // The list of sessions shows it.
    header::USER_AGENT,
];
/// The headers of a response that are returned.
const RESPONSE_HEADERS: [HeaderName; 11] = [
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    header::LOCATION,
    header::ALLOW,
    header::X_CONTENT_TYPE_OPTIONS,
    // Of pages.
    header::CONTENT_SECURITY_POLICY,
    header::REFERRER_POLICY,
    header::X_FRAME_OPTIONS,
    header::VARY,
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
    let reply = AuthRequest::of(call.head).send(call.platform, Vec::new())?;
    Ok(Answer::Complete(reply))
}

/// Forwards a request with its body.
pub(crate) fn forward_with_body<'p, P: Platform>(
    call: &Call<'p, P>,
) -> Result<Answer<'p, P>, Error> {
    let request = AuthRequest::of(call.head);
    Ok(read_body_and_send(call.platform, request, Ok))
}

/// Reads the body of the client's request, sends `request` with it, and answers what
/// `answer` makes of the reply.
pub(crate) fn read_body_and_send<'p, P: Platform>(
    platform: &'p P,
    request: AuthRequest<'p>,
    answer: impl FnOnce(Reply) -> Result<Reply, Error> + 'p,
) -> Answer<'p, P> {
    body::read_whole(move |body| answer(request.send(platform, body)?))
}

/// A request to auth on behalf of a client's.
pub(crate) struct AuthRequest<'p> {
    head: &'p Head,
    method: Method,
    /// The path below `/auth`, with the query.
    path: &'p str,
    /// In place of the client's `Authorization`.
    token: Option<&'p str>,
    accepts_json: bool,
}

impl<'p> AuthRequest<'p> {
    /// The request of a client, at the same path.
    pub fn of(head: &'p Head) -> Self {
        let path = head.uri().path_and_query();
        Self::new(head, path.map_or("/", http::uri::PathAndQuery::as_str))
    }

    /// A request with the client's method at another path.
    pub fn new(head: &'p Head, path: &'p str) -> Self {
        let method = match *head.method() {
            Method::HEAD => Method::GET,
            ref method => method.clone(),
        };
        Self {
            head,
            method,
            path,
            token: None,
            accepts_json: false,
        }
    }

    pub fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// With this token, whatever the client sent.
    pub fn with_token(self, token: &'p str) -> Self {
        let token = Some(token);
        Self { token, ..self }
    }

    /// Asks for JSON, whatever the client accepts.
    pub fn accepting_json(self) -> Self {
        Self {
            accepts_json: true,
            ..self
        }
    }

    /// Sends it and returns what the client may see of the response.
    pub fn send<P: Platform>(self, platform: &P, body: Vec<u8>) -> Result<Reply, Error> {
        self.send_within(platform, body, TIMEOUT)
    }

    /// The same with another timeout.
    pub fn send_within<P: Platform>(
        self,
        platform: &P,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Reply, Error> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(url(platform, self.path)?)
            .body(body)
            .map_err(|error| Error::AuthUnavailable(error.to_string()))?;
        let headers = request.headers_mut();
        for name in REQUEST_HEADERS {
            if let Some(value) = self.head.headers().get(&name) {
                headers.insert(name, value.clone());
            }
        }
        if let Some(token) = self.token {
            let value = HeaderValue::try_from(format!("Bearer {token}"))
                .map_err(|_| TokenError::Malformed)?;
            headers.insert(header::AUTHORIZATION, value);
        }
        if self.accepts_json {
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::ACCEPT, json);
        }
        let response = platform.fetch(&request, timeout)?;
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
}
