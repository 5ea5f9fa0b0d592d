//! The email API of the local setup: accepts every email and displays it. It has
//! no access control and is not part of a deployment.
//!
//! | method and path | purpose | status |
//! |---|---|---|
//! | `POST /mailbox/emails` | accepts an email in the generic format | 202, 400, 413, 422 |
//! | `GET /mailbox/emails?to=ADDRESS` | the emails, newest first, as JSON | 200 |
//! | `GET /mailbox/emails/ID` | one email as JSON | 200, 404 |
//! | `DELETE /mailbox/emails` | deletes all emails | 204 |
//! | `GET /mailbox` | the emails, as a page or as text | 200 |
//!
//! Any path may also return 404 or 405, and 503 while Redis is unavailable.

#![expect(unsafe_code, reason = "what the export macros generate")]

mod answer;
mod error;
mod mail;
mod page;
mod route;
mod store;

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use tonearm_spin_runtime::{reply, serve};

use crate::route::Route;

/// An email of the notifier has about 5 KB.
const MAX_BODY_BYTES: usize = 1024 * 1024;

#[http_component]
async fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
    serve(
        incoming,
        out,
        MAX_BODY_BYTES,
        Route::of,
        |route, head, body| {
            answer::answer(&route, &head, &body).unwrap_or_else(|error| {
                eprintln!("error: {error}");
                reply::problem(&(&error).into())
            })
        },
    )
    .await;
}
