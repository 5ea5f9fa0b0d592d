//! Ports that stay ours while their process is dead.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below those that systems give to outgoing connections, which could else take
/// the port of a process that is about to be started again.
const FROM: u32 = 20_000;
const COUNT: u32 = 12_000;

/// Test processes that run side by side begin so far from each other.
const APART: u32 = 16;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// A port that nobody listens on at this moment, and another one each time.
pub fn free_port() -> u16 {
    let start = std::process::id().wrapping_mul(APART);
    for _ in 0..COUNT {
        let at = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FROM + at % COUNT).expect("the range ends below 65536");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free from {FROM} on");
}
