//! The auth service: accounts, passwords, tokens.
//!
//! | method and path | what | answers |
//! |---|---|---|
//! | `POST /auth/register` | makes an account | 201, 400, 409, 413, 415, 422 |
//! | `POST /auth/login` | gives a token for a password | 200, 400, 401, 413, 415, 422, 429 |
//! | `GET /auth/.well-known/jwks.json` | the public keys of tokens | 200 |
//! | `GET /auth/healthz` | whether all of this works | 200 |
//!
//! Beside these 404, 405 and, while the database or the configuration fails,
//! 503. The prefix `/auth` may be left out, for those who give the service a
//! host name of its own. `docs/accounts.md` tells the details.

mod accept;
mod answer;
mod config;
mod database;
mod route;
#[cfg(test)]
mod tests;

use std::time::{SystemTime, UNIX_EPOCH};

use http::Request;
use spin_sdk::http::IncomingRequest;
use tonearm_problem::Problem;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request;

use crate::config::Config;
use crate::database::Spin;
use crate::route::Route;

/// An address and a password have some 1,300 bytes at most; forms and JSON may
/// spell each of them in six.
const MAX_BODY_BYTES: usize = 16 * 1024;

#[expect(unsafe_code, reason = "exports of a component are unsafe functions")]
mod export {
    use spin_sdk::http::{IncomingRequest, ResponseOutparam};
    use spin_sdk::http_component;

    #[http_component]
    async fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        tonearm_spin_runtime::reply::send(super::serve(incoming).await, out).await;
    }
}

async fn serve(incoming: IncomingRequest) -> Reply {
    let head = request::head(&incoming);
    let route = match Route::of(head.method(), head.uri().path()) {
        Ok(route) => route,
        Err(reply) => return *reply,
    };
    let body = match request::body(incoming, MAX_BODY_BYTES).await {
        Ok(body) => body,
        Err(problem) => return reply::problem(&problem),
    };
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

/// What is wrong is in the log; outsiders learn nothing about variables.
fn misconfigured() -> Problem {
    Problem::new(503, "misconfigured", "Service misconfigured")
        .detail("The service is not set up right. Its log tells the operator what to change.")
}
