//! Video to MP3.
//!
//! | trigger | what |
//! |---|---|
//! | Redis channel `video` | converts everything that is due, whole files and segments of long ones |
//! | `GET /converter/healthz` | whether it could; rings when work is due, sweeps |
//!
//! The message only wakes: what there is to do is in the queue.

#![expect(unsafe_code, reason = "what the export macros generate")]

mod check;
mod convert;
mod encoder;
mod held;
mod options;
mod output;
mod segments;
mod settings;
mod watch;
mod work;

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::{http_component, redis_component};
use tonearm_spin_runtime::{health, reply, request};

#[redis_component]
fn on_message(_message: bytes::Bytes) -> anyhow::Result<()> {
    work::drain()?;
    Ok(())
}

#[http_component]
async fn on_request(incoming: IncomingRequest, out: ResponseOutparam) {
    reply::send(
        health::route(&request::head(&incoming), "/converter", check::check),
        out,
    )
    .await;
}
