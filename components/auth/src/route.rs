//! Maps a request to a route.

use http::Method;
use tonearm_spin_runtime::reply::{self, Reply};

/// The path under which the manifest mounts the service.
const PREFIX: &str = "/auth";
/// The path of one session, followed by its id.
const SESSION: &str = "/account/sessions/";

/// One of the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Register,
    Login,
    Keys,
    Health,
    BeginSession,
    EndSession,
    RenewSession,
    ShowAccount,
    ChangeAccount,
    DeleteAccount,
    ConfirmPage,
    Confirm,
    SendConfirmation,
    Forgot,
    ResetPage,
    Reset,
    ChangePassword,
    ChangeAddress,
    NewAddressPage,
    ConfirmNewAddress,
    SignOut,
    ListSessions,
    EndOneSession,
}

/// Each path with its methods.
const TABLE: &[(&str, &[(&str, Route)])] = &[
    ("/register", &[("POST", Route::Register)]),
    ("/login", &[("POST", Route::Login)]),
    ("/.well-known/jwks.json", &[("GET", Route::Keys)]),
    ("/healthz", &[("GET", Route::Health)]),
    (
        "/session",
        &[("POST", Route::BeginSession), ("DELETE", Route::EndSession)],
    ),
    ("/session/renew", &[("POST", Route::RenewSession)]),
    (
        "/account",
        &[
            ("GET", Route::ShowAccount),
            ("PATCH", Route::ChangeAccount),
            ("DELETE", Route::DeleteAccount),
        ],
    ),
    (
        "/account/confirm",
        &[("GET", Route::ConfirmPage), ("POST", Route::Confirm)],
    ),
    (
        "/account/confirm/send",
        &[("POST", Route::SendConfirmation)],
    ),
    ("/account/forgot", &[("POST", Route::Forgot)]),
    (
        "/account/reset",
        &[("GET", Route::ResetPage), ("POST", Route::Reset)],
    ),
    ("/account/password", &[("POST", Route::ChangePassword)]),
    ("/account/email", &[("POST", Route::ChangeAddress)]),
    (
        "/account/email/confirm",
        &[
            ("GET", Route::NewAddressPage),
            ("POST", Route::ConfirmNewAddress),
        ],
    ),
    ("/account/sign-out", &[("POST", Route::SignOut)]),
    ("/account/sessions", &[("GET", Route::ListSessions)]),
    (SESSION, &[("DELETE", Route::EndOneSession)]),
];

impl Route {
    /// The route for a method and a path; otherwise the 404 or 405 response.
    pub(crate) fn of(method: &Method, path: &str) -> Result<Self, Box<Reply>> {
        let local = local(path);
        let known = match session_id(path) {
            Some(_) => SESSION,
            None => local,
        };
        let Some((_, methods)) = TABLE
            .iter()
            .find(|(path, _)| *path == known && (known != SESSION || local != SESSION))
        else {
            return Err(Box::new(reply::no_such_path(path)));
        };
        let wanted = match *method {
            Method::HEAD => "GET",
            ref method => method.as_str(),
        };
        match methods.iter().find(|(method, _)| *method == wanted) {
            Some((_, route)) => Ok(*route),
            None => Err(Box::new(reply::method_not_allowed(&allow(methods)))),
        }
    }
}

/// The id in the path of one session.
pub(crate) fn session_id(path: &str) -> Option<&str> {
    local(path)
        .strip_prefix(SESSION)
        .filter(|id| !id.is_empty())
}

fn local(path: &str) -> &str {
    path.strip_prefix(PREFIX)
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path)
}

fn allow(methods: &[(&str, Route)]) -> String {
    let names = methods.iter().map(|(method, _)| match *method {
        "GET" => "GET, HEAD",
        other => other,
    });
    names.collect::<Vec<_>>().join(", ")
}
