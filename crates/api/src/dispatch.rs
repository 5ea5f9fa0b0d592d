//! From a request to its route's handler.

use http::HeaderValue;
use tonearm_tokens::Claims;
use tonearm_web::request::Head;

use crate::answer::{Answer, Call, respond};
use crate::route::{Handler, Result, routes};
use crate::{Error, Platform, authenticate, session, tus};

/// Answers a request whose body has not been read.
pub fn answer<'p, P: Platform>(platform: &'p P, head: &'p Head) -> Answer<'p, P> {
    let mut renewed = None;
    let answer = match dispatch(platform, head, &mut renewed) {
        Ok(Answer::Complete(reply)) => Answer::Complete(respond(head, Ok(reply))),
        Ok(answer) => answer,
        Err(error) => Answer::Complete(respond(head, Err(error))),
    };
    match renewed {
        Some(cookie) => answer.with_cookie(cookie),
        None => answer,
    }
}

/// Finds the route of a request and calls its handler. Leaves the cookie of a session that
/// it has renewed in `renewed`.
fn dispatch<'p, P: Platform>(
    platform: &'p P,
    head: &'p Head,
    renewed: &mut Option<HeaderValue>,
) -> Result<'p, P> {
    let path = head.uri().path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut authenticate = || -> std::result::Result<Claims, Error> {
        let claims = authenticate::require(platform, head)?;
        *renewed = session::renewed(platform, head, &claims);
        Ok(claims)
    };
    let not_found = || Error::NotFound {
        path: path.to_owned(),
    };
    // Below /admin, only an administrator learns which paths exist.
    let administrator = match segments.first() {
        Some(&"admin") => match authenticate()? {
            claims if claims.admin => Some(claims),
            _ => return Err(not_found()),
        },
        _ => None,
    };
    let method = tus::method(head);
    let mut allow = Vec::new();
    for route in routes::<P>() {
        let Some(id) = matches(route.pattern, &segments) else {
            continue;
        };
        if !route.verb.matches(&method) {
            if !matches!(route.handler, Handler::MetricsReader(_)) {
                allow.push(route.verb.allow());
            }
            continue;
        }
        let call = Call { platform, head, id };
        return match route.handler {
            Handler::Anyone(handler) => handler(&call),
            Handler::User(handler) => handler(&call, authenticate()?),
            Handler::Administrator(handler) => {
                handler(&call, administrator.as_ref().ok_or_else(not_found)?)
            }
            Handler::MetricsReader(handler) => {
                if !authenticate::may_read_metrics(platform, head)? {
                    return Err(not_found());
                }
                handler(&call)
            }
        };
    }
    if allow.is_empty() {
        return Err(not_found());
    }
    Err(Error::MethodNotAllowed {
        allow: allow.join(", "),
    })
}

/// Whether a path matches `pattern`, and the segment that stands for `ID` (empty
/// for a pattern without one).
fn matches<'s>(pattern: &str, segments: &[&'s str]) -> Option<&'s str> {
    let mut id = "";
    let expected = pattern.trim_matches('/').split('/');
    if expected.clone().count() != segments.len() {
        return None;
    }
    for (expected, segment) in expected.zip(segments) {
        match expected {
            "ID" => id = segment,
            _ if expected == *segment => {}
            _ => return None,
        }
    }
    Some(id)
}
