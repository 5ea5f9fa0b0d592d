//! `GET /metrics`: what there is to watch, in Prometheus' text format.
//!
//! For administrators, and for whoever shows the secret `metrics_token` as a
//! Bearer token, as scrapers can. To others there is no such path.

use tonearm_api::view::metrics;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};
use tonearm_spin_runtime::{queue, variables};

use crate::error::Error;
use crate::session;

/// A shorter secret might be guessed, and is taken for none.
const LEAST_SECRET: usize = 32;

/// Asks the queue.
pub fn show(head: &Head) -> Result<Reply, Error> {
    if !may_see(head)? {
        return Ok(reply::no_such_path(head.uri().path()));
    }
    let text = metrics::to_text(&queue::open()?.metrics()?);
    Ok(reply::with(
        reply::bytes(200, metrics::MEDIA_TYPE, text),
        "cache-control",
        "no-store",
    ))
}

fn may_see(head: &Head) -> Result<bool, Error> {
    let header = request::header(head, "authorization").unwrap_or_default();
    let token = match header.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => return Ok(false),
    };
    let secret = variables::text("metrics_token")?;
    if secret.len() < LEAST_SECRET {
        if !secret.is_empty() {
            eprintln!("error: variable metrics_token: shorter than {LEAST_SECRET} bytes, not used");
        }
    } else if same(token.as_bytes(), secret.as_bytes()) {
        return Ok(true);
    }
    match session::require(head) {
        Ok(claims) => Ok(claims.admin),
        Err(Error::Token(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether both are the same, told in a time that depends on their lengths only.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0
}
