//! Sessions of browsers: a token in a cookie.
//!
//! | route | auth | answer |
//! |---|---|---|
//! | `POST /session` | `POST /auth/session` makes a token | 201, the cookie set |
//! | the same with a session's cookie | then also `DELETE /auth/session` for that one | the same |
//! | `DELETE /session` | `DELETE /auth/session` ends the session | 204, the cookie deleted |
//! | the same with a Bearer token | the same | that of auth |
//! | any other, with the cookie | `POST /auth/session/renew`, now and then | the cookie set again |
//!
//! The token never appears in the body of an answer to a browser, so no script reads it.

use std::time::Duration;

use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use tonearm_jobs::rfc3339;
use tonearm_tokens::Claims;
use tonearm_web::cookie::SetCookie;
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::Head;

use crate::answer::{Answer, Call};
use crate::auth_proxy::AuthRequest;
use crate::credential::{
    Credential, cookie_name, cookie_token, is_bearer, is_local, require_no_other_site,
};
use crate::fields::Fields;
use crate::{Error, Platform, authenticate, body, platform};

/// A token is renewed after this part of its lifetime: one of fourteen days after a day.
const RENEWALS_PER_LIFE: u64 = 14;
/// A younger token is never renewed. Towards the end of a session, lifetimes get short.
const MIN_AGE: u64 = 60;
/// How long an answer waits for a renewal, or for the end of a former session.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(3);

/// The token of a session, as auth issues it.
#[derive(Deserialize)]
pub(crate) struct SessionToken {
    token: String,
    /// Seconds.
    expires_in: u64,
}

impl SessionToken {
    /// Reads an answer of auth.
    pub fn parse(reply: &Reply) -> Result<Self, Error> {
        serde_json::from_slice(reply.body())
            .map_err(|error| Error::AuthUnavailable(format!("unexpected answer: {error}")))
    }

    /// The `Set-Cookie` that hands it to the browser.
    pub fn cookie<P: Platform>(&self, platform: &P, head: &Head) -> Result<HeaderValue, Error> {
        set_cookie(is_local(platform, head)?, &self.token, self.expires_in)
            .ok_or_else(|| Error::AuthUnavailable("unexpected token".to_owned()))
    }
}

/// A session, as browsers see it.
#[derive(Serialize)]
pub(crate) struct SessionView<'a> {
    /// The id of the account.
    pub account: &'a str,
    pub email: &'a str,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// The time at which `token` expires.
pub(crate) fn expires_at<P: Platform>(platform: &P, token: &SessionToken) -> String {
    let lifetime_ms = token.expires_in.saturating_mul(1000);
    rfc3339(platform::unix_millis(platform).saturating_add(lifetime_ms))
}

/// `POST /session`.
pub(crate) fn begin<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let (platform, head) = (call.platform, call.head);
    require_no_other_site(platform, head)?;
    let former = verified_cookie(platform, head)?;
    let request = AuthRequest::new(head, "/session").accepting_json();
    Ok(body::read_whole(move |body| {
        if asks_to_end(head, &body) {
            return end_of_cookie(platform, head);
        }
        let reply = request.send(platform, body)?;
        if reply.status() != StatusCode::CREATED {
            return Ok(without_password_window(head, reply));
        }
        #[derive(Deserialize)]
        struct Owner {
            account: String,
            email: String,
        }
        let owner: Owner = serde_json::from_slice(reply.body())
            .map_err(|error| Error::AuthUnavailable(format!("unexpected answer: {error}")))?;
        let token = SessionToken::parse(&reply)?;
        let view = SessionView {
            account: &owner.account,
            email: &owner.email,
            expires_at: expires_at(platform, &token),
        };
        let cookie = token.cookie(platform, head)?;
        if let Some(former) = former {
            end_former(platform, head, former);
        }
        Ok(with_cookie(reply::json(201, &view), cookie))
    }))
}

/// Whether a form asks with `method=delete` for the end of the session: a form of HTML can
/// only POST.
fn asks_to_end(head: &Head, body: &[u8]) -> bool {
    let fields = Fields::parse(head, body).unwrap_or_default();
    let method = fields.get("method").unwrap_or_default();
    method.eq_ignore_ascii_case("delete")
}

/// Ends the session whose cookie the browser is about to replace. If that fails, it lasts
/// until it has not been used for long, and the list of sessions shows it.
fn end_former<P: Platform>(platform: &P, head: &Head, token: &str) {
    let request = AuthRequest::new(head, "/session")
        .with_method(Method::DELETE)
        .with_token(token);
    let ended = request.send_within(platform, Vec::new(), RENEWAL_TIMEOUT);
    match ended.map(|reply| reply.status()) {
        Ok(status) if status.is_server_error() => {
            eprintln!("a former session was not ended: status {status}");
        }
        // One that is refused has ended before.
        Ok(_) => {}
        Err(error) => eprintln!("a former session was not ended: {error}"),
    }
}

/// `DELETE /session`.
pub(crate) fn end<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let (platform, head) = (call.platform, call.head);
    if is_bearer(head) {
        return end_of_bearer(call);
    }
    require_no_other_site(platform, head)?;
    end_of_cookie(platform, head).map(Answer::Complete)
}

/// Ends the session of the cookie, if there is one, and deletes the cookie.
fn end_of_cookie<P: Platform>(platform: &P, head: &Head) -> Result<Reply, Error> {
    if let Some(token) = verified_cookie(platform, head)? {
        let request = AuthRequest::new(head, "/session")
            .with_method(Method::DELETE)
            .with_token(token);
        let reply = request.send(platform, Vec::new())?;
        let has_ended = matches!(
            reply.status(),
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND
        );
        if !reply.status().is_success() && !has_ended {
            return Ok(reply);
        }
    }
    Ok(without_cookie(platform, head, reply::empty(204)))
}

/// `DELETE /session` of a client that sends the token of a session itself. It learns when
/// there was none to end, and its browser, if it is one, keeps the cookie.
fn end_of_bearer<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    authenticate::require(call.platform, call.head)?;
    let token = Credential::of(call.platform, call.head)?.token();
    let request = AuthRequest::new(call.head, "/session").with_token(token);
    Ok(Answer::Complete(request.send(call.platform, Vec::new())?))
}

/// The token of the cookie, if it is ours and has not expired.
fn verified_cookie<'h, P: Platform>(
    platform: &P,
    head: &'h Head,
) -> Result<Option<&'h str>, Error> {
    let token = match cookie_token(platform, head) {
        Ok(token) => token,
        Err(Error::Token(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    match authenticate::verified(platform, token) {
        Ok(_) => Ok(Some(token)),
        Err(Error::Token(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The new cookie of a request whose session is to be renewed. If that fails, the old
/// one stays.
pub(crate) fn renewed<P: Platform>(
    platform: &P,
    head: &Head,
    claims: &Claims,
) -> Option<HeaderValue> {
    let Ok(Credential::Cookie(token)) = Credential::of(platform, head) else {
        return None;
    };
    let now = platform.unix_time().as_secs();
    let age = now.saturating_sub(claims.iat);
    let life = claims.exp.saturating_sub(claims.iat);
    if claims.session.is_none() || age < MIN_AGE || age <= life / RENEWALS_PER_LIFE {
        return None;
    }
    let request = AuthRequest::new(head, "/session/renew")
        .with_method(Method::POST)
        .with_token(token)
        .accepting_json();
    let renewal = request
        .send_within(platform, Vec::new(), RENEWAL_TIMEOUT)
        .and_then(|reply| match reply.status() {
            StatusCode::OK => SessionToken::parse(&reply)?
                .cookie(platform, head)
                .map(Some),
            // The session has reached its end.
            status if status.is_client_error() => Ok(None),
            status => Err(Error::AuthUnavailable(format!("status {status}"))),
        });
    renewal.unwrap_or_else(|error| {
        eprintln!("a session was not renewed: {error}");
        None
    })
}

/// `reply` with a cookie, unless the handler has set or deleted it.
pub(crate) fn with_cookie(mut reply: Reply, cookie: HeaderValue) -> Reply {
    add_cookie(&mut reply, cookie);
    reply
}

/// The same for a response whose body follows.
pub(crate) fn add_cookie<B>(response: &mut Response<B>, cookie: HeaderValue) {
    let headers = response.headers_mut();
    headers.entry(header::SET_COOKIE).or_insert(cookie);
}

/// `reply`, which has the browser delete the cookie.
pub(crate) fn without_cookie<P: Platform>(platform: &P, head: &Head, reply: Reply) -> Reply {
    let is_local = is_local(platform, head).unwrap_or(false);
    match set_cookie(is_local, "", 0) {
        Some(cookie) => with_cookie(reply, cookie),
        None => reply,
    }
}

/// A refusal of auth. A Basic challenge would make a browser open its own window for a
/// password, so a client that did not use Basic gets another.
pub(crate) fn without_password_window(head: &Head, mut reply: Reply) -> Reply {
    let used_basic = head.headers().contains_key(header::AUTHORIZATION);
    if !used_basic && let Some(value) = reply.headers_mut().get_mut(header::WWW_AUTHENTICATE) {
        *value = HeaderValue::from_static("Bearer realm=\"tonearm\"");
    }
    reply
}

fn set_cookie(is_local: bool, value: &str, max_age: u64) -> Option<HeaderValue> {
    let cookie = SetCookie {
        name: cookie_name(is_local),
        value,
        max_age,
        is_secure: !is_local,
    };
    HeaderValue::try_from(cookie.to_string()).ok()
}
