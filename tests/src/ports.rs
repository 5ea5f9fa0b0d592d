//! Ports that stay free while their process is restarted.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range for outgoing connections, which could otherwise take the port of a
/// process that is being restarted.
const FROM: u32 = 20_000;
const COUNT: u32 = 12_000;

/// Distance between the first ports of concurrent test processes.
const APART: u32 = 16;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// A port that nobody listens on, a different one on each call.
pub fn free_port() -> u16 {
    let start = std::process::id().wrapping_mul(APART);
    for _ in 0..COUNT {
        let at = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FROM + at % COUNT).expect("the range ends below 65536");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port from {FROM} on");
}
