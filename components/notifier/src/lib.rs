//! Sends users an email when their jobs end, and letters about their accounts.
//!
//! | trigger | action |
//! |---|---|
//! | Redis channel `mp3` | sends every letter and every email that is due |
//! | `GET /notifier/healthz` | health; also repeats a lost notification |
//!
//! The message is only a notification: the emails are in the queues. `crates/notify` has the
//! decisions.

#![expect(unsafe_code, reason = "the export macros generate it")]

mod api;
mod health;
mod settings;
mod work;

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::{http_component, redis_component};
use tonearm_spin_runtime::{reply, request};

#[redis_component]
fn on_message(_message: bytes::Bytes) -> anyhow::Result<()> {
    work::drain()
}

#[http_component]
async fn on_request(incoming: IncomingRequest, out: ResponseOutparam) {
    reply::send(
        tonearm_spin_runtime::health::route(&request::head(&incoming), "/notifier", health::check),
        out,
    )
    .await;
}
