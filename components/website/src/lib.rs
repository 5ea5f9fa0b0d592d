//! The website for people. It serves the files of `assets/`, which are part of the component,
//! and needs no capability at all. The page calls the gateway's API on the same origin.
//!
//! `crates/site` has the paths and the headers, and `build.rs` the compression.

#![expect(unsafe_code, reason = "what the export macros generate")]

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use tonearm_site::{Asset, Site};
use tonearm_spin_runtime::{reply, request};

/// Every file in all its encodings.
static SITE: Site = include!(concat!(env!("OUT_DIR"), "/site.rs"));

#[http_component]
async fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
    reply::send(SITE.answer(&request::head(&incoming)), out).await;
}
