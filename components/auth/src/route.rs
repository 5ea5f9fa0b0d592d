//! Maps a request to a route.

use http::Method;
use tonearm_spin_runtime::reply::{self, Reply};

/// The path under which the manifest mounts the service.
const PREFIX: &str = "/auth";

/// One of the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Register,
    Login,
    Keys,
    Health,
}

impl Route {
    /// The route for a method and a path; otherwise the 404 or 405 response.
    pub(crate) fn of(method: &Method, path: &str) -> Result<Self, Box<Reply>> {
        let local = path
            .strip_prefix(PREFIX)
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path);
        let (route, allow) = match local {
            "/register" => (Self::Register, "POST"),
            "/login" => (Self::Login, "POST"),
            "/.well-known/jwks.json" => (Self::Keys, "GET, HEAD"),
            "/healthz" => (Self::Health, "GET, HEAD"),
            _ => return Err(Box::new(reply::no_such_path(path))),
        };
        if allow.split(", ").any(|allowed| allowed == method.as_str()) {
            Ok(route)
        } else {
            Err(Box::new(reply::method_not_allowed(allow)))
        }
    }
}
