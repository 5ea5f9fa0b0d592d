//! The table of routes.

use http::Method;
use tonearm_tokens::Claims;
use tonearm_web::request::Head;

use crate::answer::{Answer, Call};
use crate::{
    Error, Platform, auth_proxy, authenticate, dead_letters, download, events, health, home, jobs,
    metrics, upload,
};

/// A route's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `GET`, and `HEAD` with it.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
}

impl Verb {
    /// Whether a request with `method` is for this route.
    pub fn matches(self, method: &Method) -> bool {
        match self {
            Self::Get => matches!(*method, Method::GET | Method::HEAD),
            Self::Post => *method == Method::POST,
            Self::Delete => *method == Method::DELETE,
        }
    }

    /// The methods as in `Allow`.
    pub fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

type Result<'p, P> = std::result::Result<Answer<'p, P>, Error>;

/// The handler of a route, by who may call it.
pub enum Handler<P: Platform> {
    /// Anyone.
    Anyone(for<'p> fn(&Call<'p, P>) -> Result<'p, P>),
    /// A user with a valid token.
    User(for<'p> fn(&Call<'p, P>, Claims) -> Result<'p, P>),
    /// An administrator. To other users, the path does not exist.
    Administrator(for<'p> fn(&Call<'p, P>, &Claims) -> Result<'p, P>),
    /// An administrator or a client with the metrics token. To everyone else, the
    /// path does not exist.
    MetricsReader(for<'p> fn(&Call<'p, P>) -> Result<'p, P>),
}

impl<P: Platform> Handler<P> {
    /// Who may call it, in words.
    pub fn access(&self) -> &'static str {
        match self {
            Self::Anyone(_) => "anyone",
            Self::User(_) => "a user",
            Self::Administrator(_) => "an administrator",
            Self::MetricsReader(_) => "an administrator or the metrics token",
        }
    }
}

/// One route.
pub struct Route<P: Platform> {
    /// The method.
    pub verb: Verb,
    /// The path, in which `ID` stands for any segment.
    pub pattern: &'static str,
    /// Who may call it, and what it does.
    pub handler: Handler<P>,
}

impl<P: Platform> std::fmt::Debug for Route<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb.name(), self.pattern)
    }
}

/// All routes. `Allow` lists the methods of a path in this order.
#[rustfmt::skip]
pub const fn routes<P: Platform>() -> [Route<P>; 15] {
    use Handler::{Administrator, Anyone, MetricsReader, User};
    use Verb::{Delete, Get, Post};
    [
        Route { verb: Get, pattern: "/", handler: Anyone(home::show) },
        Route { verb: Get, pattern: "/healthz", handler: Anyone(health::check) },
        Route { verb: Post, pattern: "/register", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/login", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Get, pattern: "/.well-known/jwks.json", handler: Anyone(auth_proxy::forward) },
        Route { verb: Post, pattern: "/upload", handler: User(upload::accept) },
        Route { verb: Get, pattern: "/jobs", handler: User(jobs::list) },
        Route { verb: Get, pattern: "/jobs/ID", handler: User(jobs::show) },
        Route { verb: Delete, pattern: "/jobs/ID", handler: User(jobs::delete) },
        Route { verb: Get, pattern: "/jobs/ID/events", handler: User(events::open) },
        Route { verb: Get, pattern: "/download", handler: User(download::open) },
        Route { verb: Get, pattern: "/admin/dead-letters", handler: Administrator(dead_letters::list) },
        Route { verb: Post, pattern: "/admin/dead-letters/ID/requeue", handler: Administrator(dead_letters::requeue) },
        Route { verb: Delete, pattern: "/admin/dead-letters/ID", handler: Administrator(dead_letters::discard) },
        Route { verb: Get, pattern: "/metrics", handler: MetricsReader(metrics::show) },
    ]
}

/// Finds the route of a request and calls its handler.
pub(crate) fn dispatch<'p, P: Platform>(platform: &'p P, head: &'p Head) -> Result<'p, P> {
    let path = head.uri().path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let not_found = || Error::NotFound {
        path: path.to_owned(),
    };
    // Below /admin, only an administrator learns which paths exist.
    let administrator = match segments.first() {
        Some(&"admin") => match authenticate::require(platform, head)? {
            claims if claims.admin => Some(claims),
            _ => return Err(not_found()),
        },
        _ => None,
    };
    let mut allow = Vec::new();
    for route in routes::<P>() {
        let Some(id) = matches(route.pattern, &segments) else {
            continue;
        };
        if !route.verb.matches(head.method()) {
            if !matches!(route.handler, Handler::MetricsReader(_)) {
                allow.push(route.verb.allow());
            }
            continue;
        }
        let call = Call { platform, head, id };
        return match route.handler {
            Handler::Anyone(handler) => handler(&call),
            Handler::User(handler) => handler(&call, authenticate::require(platform, head)?),
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
