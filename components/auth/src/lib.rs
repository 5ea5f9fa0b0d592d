//! The auth service: accounts, passwords, tokens.
//!
//! | method and path | purpose | status |
//! |---|---|---|
//! | `POST /auth/register` | creates an account | 201, 400, 409, 413, 415, 422 |
//! | `POST /auth/login` | exchanges a password for a token | 200, 400, 401, 413, 415, 422, 429 |
//! | `GET /auth/.well-known/jwks.json` | the public keys that verify tokens | 200 |
//! | `GET /auth/healthz` | health | 200 |
//!
//! Any path may also return 404 or 405, and 503 while the database or the
//! configuration fails. The prefix `/auth` is optional, for deployments that
//! give the service its own host name. `docs/accounts.md` has the details.

mod accept;
mod answer;
mod config;
mod database;
mod route;
#[cfg(test)]
mod tests;

use std::time::{SystemTime, UNIX_EPOCH};

use http::Request;
use tonearm_problem::Problem;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::Head;

use crate::config::Config;
use crate::database::Spin;
use crate::route::Route;

/// An address and a password have about 1,300 bytes at most. Forms and JSON may
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
    )
}

/// The log contains the reason. The response reveals nothing about variables.
fn misconfigured() -> Problem {
    Problem::new(503, "misconfigured", "Service misconfigured")
        .detail("This service is misconfigured; its log contains the reason.")
}
