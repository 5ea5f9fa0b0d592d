//! The token of a request: in its `Authorization` header or in its cookie.

use http::Method;
use tonearm_tokens::{TokenError, bearer_token};
use tonearm_web::cookie;
use tonearm_web::request::{self, Head};
use tonearm_web::source::{self, Source, source};

use crate::{Error, Platform};

/// The cookie of a session. Browsers accept a cookie with this prefix from the host
/// itself over TLS alone, so no other host of its domain can set it.
const COOKIE: &str = "__Host-tonearm";
/// The cookie on the local machine, where there is no TLS.
const LOCAL_COOKIE: &str = "tonearm";

/// A token that has not been verified, and how it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential<'h> {
    /// In the header `Authorization: Bearer`.
    Bearer(&'h str),
    /// In the cookie of a session.
    Cookie(&'h str),
}

impl<'h> Credential<'h> {
    /// The credential of a request. A Bearer token wins over a cookie.
    ///
    /// # Errors
    /// [`TokenError::Missing`] without either, [`TokenError::Malformed`] for a header
    /// that holds no token and for cookies that contradict each other; [`Error::Config`].
    pub fn of<P: Platform>(platform: &P, head: &'h Head) -> Result<Self, Error> {
        match is_bearer(head) {
            true => Ok(Self::Bearer(bearer_token(authorization(head))?)),
            false => cookie_token(platform, head).map(Self::Cookie),
        }
    }

    /// The token.
    pub fn token(self) -> &'h str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }

    /// Whether it was sent in a cookie. Browsers send cookies on their own, also with
    /// requests that another site made them send.
    pub fn is_cookie(self) -> bool {
        matches!(self, Self::Cookie(_))
    }
}

/// The token in the cookie of a session.
///
/// # Errors
/// Those of [`Credential::of`] for cookies.
pub(crate) fn cookie_token<'h, P: Platform>(
    platform: &P,
    head: &'h Head,
) -> Result<&'h str, Error> {
    let mut tokens = cookie::values(head, cookie_name(is_local(platform, head)?));
    let token = tokens.next().filter(|token| !token.is_empty());
    let token = token.ok_or(TokenError::Missing)?;
    // Of several cookies with one name, nobody knows which is ours.
    match tokens.all(|other| other == token) {
        true => Ok(token),
        false => Err(TokenError::Malformed.into()),
    }
}

fn authorization(head: &Head) -> &str {
    request::header(head, "authorization").unwrap_or_default()
}

/// Whether the request has a Bearer token, or means to.
pub(crate) fn is_bearer(head: &Head) -> bool {
    let scheme = authorization(head).trim().split(' ').next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
}

/// Whether browser and service are on one machine, without TLS.
pub(crate) fn is_local<P: Platform>(platform: &P, head: &Head) -> Result<bool, Error> {
    Ok(source::is_local(head, &platform.variable("public_url")?))
}

/// The name of the cookie.
pub(crate) fn cookie_name(is_local: bool) -> &'static str {
    match is_local {
        true => LOCAL_COOKIE,
        false => COOKIE,
    }
}

fn source_of<P: Platform>(platform: &P, head: &Head) -> Result<Source, Error> {
    Ok(source(head, &platform.variable("public_url")?))
}

/// Refuses a request with a cookie that changes something and that no page of this site
/// sent.
///
/// # Errors
/// [`Error::CrossSite`], [`Error::Config`].
pub(crate) fn require_same_origin<P: Platform>(platform: &P, head: &Head) -> Result<(), Error> {
    let is_safe = matches!(*head.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match is_safe || source_of(platform, head)? == Source::SameOrigin {
        true => Ok(()),
        false => Err(Error::CrossSite),
    }
}

/// The same for the routes that set and delete the cookie. Without a cookie, a request
/// that does not say where it comes from is no browser's.
///
/// # Errors
/// [`Error::CrossSite`], [`Error::Config`].
pub(crate) fn require_no_other_site<P: Platform>(platform: &P, head: &Head) -> Result<(), Error> {
    let name = cookie_name(is_local(platform, head)?);
    let has_cookie = cookie::values(head, name).next().is_some();
    match source_of(platform, head)? {
        Source::SameOrigin => Ok(()),
        Source::Unstated if !has_cookie => Ok(()),
        Source::Unstated | Source::Elsewhere => Err(Error::CrossSite),
    }
}
