//! Routing: which component answers a path, and what guests learn about the match.
//!
//! The matcher is the crate that Spin uses, so both route alike: an exact route wins over
//! a wildcard, and a longer wildcard over a shorter one.

use std::collections::BTreeMap;

use crate::manifest::{HttpTrigger, Route};

/// Prefix of the paths that the host itself answers.
pub const WELL_KNOWN_PREFIX: &str = "/.well-known/spin/";

/// A route that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    #[error("the route {route:?} of component {component:?} is not valid: {reason}")]
    Invalid {
        route: String,
        component: String,
        reason: String,
    },
    #[error("the route {route:?} is used by both {first:?} and {second:?}")]
    Duplicate {
        route: String,
        first: String,
        second: String,
    },
}

/// The routes of an app that are reachable from outside.
pub struct Router {
    routes: routefinder::Router<Target>,
}

#[derive(Clone)]
struct Target {
    component: String,
    route: String,
}

/// How a path matched a route; guests receive it in request headers.
#[derive(Debug, PartialEq, Eq)]
pub struct RouteMatch {
    /// The component's id.
    pub component: String,
    /// The route as in the manifest.
    pub route: String,
    /// The part of the path that the trailing `/...` matched.
    pub rest: String,
    /// The segment that each `:name` matched.
    pub named: BTreeMap<String, String>,
}

impl RouteMatch {
    /// The match for a call from another component: the whole path is the rest.
    pub fn chained(component: &str, path: &str) -> Self {
        Self {
            component: component.to_owned(),
            route: "/...".to_owned(),
            rest: path.to_owned(),
            named: BTreeMap::new(),
        }
    }

    /// The route without its trailing `/...`.
    pub fn route_prefix(&self) -> &str {
        self.route.strip_suffix("/...").unwrap_or(&self.route)
    }
}

impl Router {
    /// Collects the public routes. Private routes are not reachable from outside.
    pub fn new(triggers: &[HttpTrigger]) -> Result<Self, RouteError> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut routes = routefinder::Router::new();
        for trigger in triggers {
            let Route::Path(route) = &trigger.route else {
                continue;
            };
            if let Some(first) = seen.insert(route, &trigger.component) {
                return Err(RouteError::Duplicate {
                    route: route.clone(),
                    first: first.to_owned(),
                    second: trigger.component.clone(),
                });
            }
            let invalid = |reason: String| RouteError::Invalid {
                route: route.clone(),
                component: trigger.component.clone(),
                reason,
            };
            if route.starts_with(WELL_KNOWN_PREFIX) {
                return Err(invalid(format!("{WELL_KNOWN_PREFIX} is the host's own")));
            }
            let path = if route.starts_with('/') {
                route.clone()
            } else {
                format!("/{route}")
            };
            let path = path.strip_suffix('/').unwrap_or(&path);
            let spec = match path.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => path.to_owned(),
            };
            let target = Target {
                component: trigger.component.clone(),
                route: route.clone(),
            };
            routes
                .add(spec.as_str(), target)
                .map_err(|reason| invalid(reason.to_string()))?;
        }
        Ok(Self { routes })
    }

    /// The best match for `path`.
    pub fn route(&self, path: &str) -> Option<RouteMatch> {
        let found = self.routes.best_match(path)?;
        let captures = found.captures();
        // The matcher drops the slash before the rest and a trailing slash.
        let rest = captures
            .wildcard()
            .map(|rest| match (rest.is_empty(), path.ends_with('/')) {
                (true, false) => String::new(),
                (true, true) => "/".to_owned(),
                (false, false) => format!("/{rest}"),
                (false, true) => format!("/{rest}/"),
            });
        let target = found.handler();
        Some(RouteMatch {
            component: target.component.clone(),
            route: target.route.clone(),
            rest: rest.unwrap_or_default(),
            named: captures
                .iter()
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect(),
        })
    }

    /// Each route with its component.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.routes
            .iter()
            .map(|(_, target)| (target.route.as_str(), target.component.as_str()))
    }
}

#[cfg(test)]
mod tests;
