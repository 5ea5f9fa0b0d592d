//! Tells users by email how their jobs ended.
//!
//! | trigger | what |
//! |---|---|
//! | Redis channel `mp3` | sends every email that is due |
//! | `GET /notifier/healthz` | whether it could; rings when an email is due |
//!
//! The message only wakes: what there is to do is in the queue.

#![expect(unsafe_code, reason = "what the export macros generate")]

mod check;
mod settings;
mod work;

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::{http_component, redis_component};
use tonearm_spin_runtime::{health, reply, request};

#[redis_component]
fn on_message(_message: bytes::Bytes) -> anyhow::Result<()> {
    work::drain()
}

#[http_component]
async fn on_request(incoming: IncomingRequest, out: ResponseOutparam) {
    reply::send(
        health::route(&request::head(&incoming), "/notifier", check::check),
        out,
    )
    .await;
}
