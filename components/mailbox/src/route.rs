//! Maps a request to a route.

use http::Method;
use tonearm_spin_runtime::reply::{self, Reply};

/// One of the routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Page,
    Take,
    List,
    One(String),
    Clear,
}

impl Route {
    /// The route for a method and a path; otherwise the 404 or 405 response.
    pub(crate) fn of(method: &Method, path: &str) -> Result<Self, Box<Reply>> {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        match path.strip_prefix("/mailbox") {
            Some("" | "/") if reads => Ok(Self::Page),
            Some("" | "/") => Err(Box::new(reply::method_not_allowed("GET, HEAD"))),
            Some("/emails") if reads => Ok(Self::List),
            Some("/emails") if *method == Method::POST => Ok(Self::Take),
            Some("/emails") if *method == Method::DELETE => Ok(Self::Clear),
            Some("/emails") => Err(Box::new(reply::method_not_allowed(
                "GET, HEAD, POST, DELETE",
            ))),
            Some(rest) => match rest.strip_prefix("/emails/") {
                Some(id) if !id.is_empty() && !id.contains('/') => {
                    if reads {
                        Ok(Self::One(id.to_owned()))
                    } else {
                        Err(Box::new(reply::method_not_allowed("GET, HEAD")))
                    }
                }
                _ => Err(Box::new(reply::no_such_path(path))),
            },
            None => Err(Box::new(reply::no_such_path(path))),
        }
    }
}
