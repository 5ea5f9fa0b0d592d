//! What a request contains.

use http::Request;
use tonearm_accounts::{AccountsError, Caller, Credentials, Database, Fields, SigningKeys};
use tonearm_spin_runtime::request;
use tonearm_tokens::{DEFAULT_LEEWAY, Expectation, TokenError, bearer_token, verify};

use crate::config::Config;

/// The value of a header, if it is visible ASCII.
pub(crate) fn header<'r>(request: &'r Request<Vec<u8>>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// The first query parameter `name`.
pub(crate) fn query(request: &Request<Vec<u8>>, name: &str) -> Option<String> {
    let mut head = Request::new(());
    *head.uri_mut() = request.uri().clone();
    request::query(&head, name)
}

/// Email and password.
pub(crate) fn credentials(request: &Request<Vec<u8>>) -> Result<Credentials, AccountsError> {
    Credentials::from_request(
        header(request, "authorization"),
        header(request, "content-type"),
        request.body(),
    )
}

/// The fields of the body.
pub(crate) fn fields(request: &Request<Vec<u8>>) -> Result<Fields, AccountsError> {
    Fields::from_request(header(request, "content-type"), request.body())
}

/// The account of the request's token.
pub(crate) fn caller(
    database: &impl Database,
    request: &Request<Vec<u8>>,
    keys: &SigningKeys,
    config: &Config,
    now: u64,
) -> Result<Caller, AccountsError> {
    let authorization =
        header(request, "authorization").ok_or(AccountsError::Token(TokenError::Missing))?;
    let token = bearer_token(authorization).map_err(AccountsError::Token)?;
    let expectation = Expectation {
        issuer: &config.issuer,
        audience: &config.audience,
        now,
        leeway: DEFAULT_LEEWAY,
    };
    let claims = verify(token, &keys.published, &expectation).map_err(AccountsError::Token)?;
    Caller::of(database, claims, now)
}
