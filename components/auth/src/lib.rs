//! The auth service: accounts, passwords, sessions, tokens.
//!
//! | method and path | purpose | status |
//! |---|---|---|
//! | `POST /auth/register` | creates an account, or a registration to be confirmed | 201, 202, 409, 429 |
//! | `POST /auth/login` | exchanges a password for a token | 200, 401, 429 |
//! | `POST, DELETE /auth/session` | begins or ends a session | 201, 204, 401, 404, 429 |
//! | `POST /auth/session/renew` | exchanges a session's token for a new one | 200, 401, 404 |
//! | `GET, PATCH, DELETE /auth/account` | shows, changes, deletes the account | 200, 204, 401, 422, 429 |
//! | `GET, POST /auth/account/confirm` | confirms an address by a link | 200, 410, 422, 429 |
//! | `POST /auth/account/confirm/send` | sends that link again | 202, 401 |
//! | `POST /auth/account/forgot` | sends a link that sets a new password | 202 |
//! | `GET, POST /auth/account/reset` | sets a new password by a link | 200, 410 |
//! | `POST /auth/account/password` | changes the password | 200, 401, 403, 422, 429 |
//! | `POST /auth/account/email` | sends a link that changes the address | 202, 401, 403, 422, 429 |
//! | `GET, POST /auth/account/email/confirm` | changes the address by a link | 200, 409, 410 |
//! | `POST /auth/account/sign-out` | voids all tokens and sessions | 204, 401 |
//! | `GET /auth/account/sessions`, `DELETE …/ID` | lists and ends sessions | 200, 204, 401, 404 |
//! | `GET /auth/.well-known/jwks.json` | the public keys that verify tokens | 200 |
//! | `GET /auth/healthz` | health | 200 |
//!
//! Any path may also return 400, 404, 405, 413, 415 and 422, and 503 while the database,
//! Redis or the configuration fails. The prefix `/auth` is optional, for deployments that
//! give the service its own host name. `docs/accounts.md` has the details.

mod account;
mod answer;
mod config;
mod database;
mod links;
mod page;
mod publish;
mod request;
mod route;
mod sign_in;
#[cfg(test)]
mod tests;

use std::time::{SystemTime, UNIX_EPOCH};

use http::Request;
use tonearm_problem::Problem;
use tonearm_spin_runtime::redis;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::Head;

use crate::config::Config;
use crate::database::Spin;
use crate::publish::{Lazy, Published};
use crate::route::Route;

/// An address, two passwords and a token have about 2,400 bytes at most. Forms and JSON may
/// encode a byte as six.
const MAX_BODY_BYTES: usize = 16 * 1024;

#[expect(unsafe_code, reason = "exports of a component are unsafe functions")]
mod export {
    use spin_sdk::http::{IncomingRequest, ResponseOutparam};
    use spin_sdk::http_component;
    use tonearm_spin_runtime::serve;

    #[http_component]
    async fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        let route = super::Route::of;
        serve(incoming, out, super::MAX_BODY_BYTES, route, super::respond).await;
    }
}

fn respond(route: Route, head: Head, body: Vec<u8>) -> Reply {
    let config = match Config::read() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("error: {error}");
            return reply::problem(&misconfigured());
        }
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    answer::answer(
        route,
        &Request::from_parts(head.into_parts().0, body),
        &config,
        now,
        Spin::open,
        &Published(Lazy::new(redis::reconnect)),
    )
}

/// The log contains the reason. The response reveals nothing about variables.
fn misconfigured() -> Problem {
    Problem::new(503, "misconfigured", "Service misconfigured")
        .detail("This service is misconfigured; its log contains the reason.")
}
