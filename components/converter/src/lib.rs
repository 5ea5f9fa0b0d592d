//! Video to MP3.
//!
//! | trigger | action |
//! |---|---|
//! | Redis channel `video` | converts everything that is due, whole files and segments of long ones |
//! | `GET /converter/healthz` | health; also repeats a lost notification and collects garbage |
//!
//! The message is only a notification: the work is in the queue.

#![expect(unsafe_code, reason = "the export macros generate it")]

mod attempt;
mod convert;
mod decoder;
mod encoder;
mod health;
mod options;
mod output;
mod segments;
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
        tonearm_spin_runtime::health::route(&request::head(&incoming), "/converter", health::check),
        out,
    )
    .await;
}
