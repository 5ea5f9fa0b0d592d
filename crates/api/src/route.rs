//! The table of routes.

use http::Method;
use tonearm_tokens::Claims;

use crate::answer::{Answer, Call};
use crate::{
    Error, Platform, account, auth_proxy, change_job, dead_letters, download, events, health, home,
    jobs, limits, metrics, overview, session, tus, upload,
};

/// A route's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// What a path supports.
    Options,
    /// `HEAD` alone.
    Head,
    /// `GET`, and `HEAD` with it.
    Get,
    /// `POST`.
    Post,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl Verb {
    /// Whether a request with `method` is for this route.
    pub fn matches(self, method: &Method) -> bool {
        match self {
            Self::Options => *method == Method::OPTIONS,
            Self::Head => *method == Method::HEAD,
            Self::Get => matches!(*method, Method::GET | Method::HEAD),
            Self::Post => *method == Method::POST,
            Self::Patch => *method == Method::PATCH,
            Self::Delete => *method == Method::DELETE,
        }
    }

    /// The methods as in `Allow`.
    pub fn allow(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a handler returns.
pub(crate) type Result<'p, P> = std::result::Result<Answer<'p, P>, Error>;

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
pub const fn routes<P: Platform>() -> [Route<P>; 47] {
    use Handler::{Administrator, Anyone, MetricsReader, User};
    use Verb::{Delete, Get, Head, Options, Patch, Post};
    [
        Route { verb: Get, pattern: "/", handler: Anyone(home::show) },
        Route { verb: Get, pattern: "/healthz", handler: Anyone(health::check) },
        Route { verb: Post, pattern: "/register", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/login", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/session", handler: Anyone(session::begin) },
        Route { verb: Delete, pattern: "/session", handler: Anyone(session::end) },
        Route { verb: Get, pattern: "/account", handler: User(account::forward) },
        Route { verb: Patch, pattern: "/account", handler: User(account::forward_with_body) },
        Route { verb: Delete, pattern: "/account", handler: User(account::delete) },
        Route { verb: Get, pattern: "/account/confirm", handler: Anyone(auth_proxy::forward) },
        Route { verb: Post, pattern: "/account/confirm", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/account/confirm/send", handler: User(account::forward) },
        Route { verb: Post, pattern: "/account/forgot", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Get, pattern: "/account/reset", handler: Anyone(auth_proxy::forward) },
        Route { verb: Post, pattern: "/account/reset", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/account/password", handler: User(account::change_password) },
        Route { verb: Post, pattern: "/account/email", handler: User(account::forward_with_body) },
        Route { verb: Get, pattern: "/account/email/confirm", handler: Anyone(auth_proxy::forward) },
        Route { verb: Post, pattern: "/account/email/confirm", handler: Anyone(auth_proxy::forward_with_body) },
        Route { verb: Post, pattern: "/account/sign-out", handler: User(account::sign_out) },
        Route { verb: Get, pattern: "/account/sessions", handler: User(account::forward) },
        Route { verb: Delete, pattern: "/account/sessions/ID", handler: User(account::end_session) },
        Route { verb: Get, pattern: "/.well-known/jwks.json", handler: Anyone(auth_proxy::forward) },
        Route { verb: Get, pattern: "/limits", handler: Anyone(limits::show) },
        Route { verb: Post, pattern: "/upload", handler: User(upload::accept) },
        Route { verb: Get, pattern: "/files", handler: User(tus::list) },
        Route { verb: Options, pattern: "/files", handler: Anyone(tus::options) },
        Route { verb: Post, pattern: "/files", handler: User(tus::create) },
        Route { verb: Options, pattern: "/files/ID", handler: Anyone(tus::options) },
        Route { verb: Head, pattern: "/files/ID", handler: User(tus::show) },
        Route { verb: Patch, pattern: "/files/ID", handler: User(tus::write) },
        Route { verb: Delete, pattern: "/files/ID", handler: User(tus::delete) },
        Route { verb: Get, pattern: "/jobs", handler: User(jobs::list) },
        Route { verb: Get, pattern: "/jobs/ID", handler: User(jobs::show) },
        Route { verb: Post, pattern: "/jobs/ID", handler: User(change_job::post) },
        Route { verb: Patch, pattern: "/jobs/ID", handler: User(change_job::rename) },
        Route { verb: Delete, pattern: "/jobs/ID", handler: User(jobs::delete) },
        Route { verb: Post, pattern: "/jobs/ID/convert", handler: User(change_job::convert) },
        Route { verb: Get, pattern: "/jobs/ID/events", handler: User(events::open) },
        Route { verb: Get, pattern: "/events", handler: User(events::open_all) },
        Route { verb: Get, pattern: "/download", handler: User(download::open) },
        Route { verb: Get, pattern: "/download/zip", handler: User(download::open_archive) },
        Route { verb: Get, pattern: "/admin/overview", handler: Administrator(overview::show) },
        Route { verb: Get, pattern: "/admin/dead-letters", handler: Administrator(dead_letters::list) },
        Route { verb: Post, pattern: "/admin/dead-letters/ID/requeue", handler: Administrator(dead_letters::requeue) },
        Route { verb: Delete, pattern: "/admin/dead-letters/ID", handler: Administrator(dead_letters::discard) },
        Route { verb: Get, pattern: "/metrics", handler: MetricsReader(metrics::show) },
    ]
}
