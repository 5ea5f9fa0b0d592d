//! Ports that stay ours while their process is dead.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use crate::who::Who;

/// Below those that systems give to outgoing connections, which could else take
/// the port of a process that is about to be started again.
const FROM: u16 = 20_000;
const TO: u16 = 32_000;

/// A port for each that nobody listens on at this moment.
pub fn take(all: &[Who]) -> BTreeMap<Who, u16> {
    // Test processes that run side by side begin in different places.
    let start = FROM + (std::process::id() % u32::from(TO - FROM)) as u16;
    let mut candidates = (start..TO).chain(FROM..start);
    let mut taken = BTreeSet::new();
    let port = |_: &Who| {
        candidates
            .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok() && taken.insert(*port))
            .expect("a port is free")
    };
    all.iter().copied().zip(all.iter().map(port)).collect()
}
