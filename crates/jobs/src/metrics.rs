//! Gauges and counters of the queues.

use std::collections::BTreeMap;

use crate::{Jobs, JobsError, Redis, Value, script};

/// The queues by their names, as in the keys.
const QUEUES: [&str; 4] = ["video", "segment", "mp3", "letter"];
/// Values per queue in the reply of `metrics.lua`.
const VALUES: usize = 4;

/// A queue at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueGauges {
    /// The queue's name: `video`, `segment`, `mp3` or `letter`.
    pub queue: &'static str,
    /// Entries that are not finished.
    pub length: i64,
    /// Entries under a lease that has not expired.
    pub in_flight: i64,
    /// For how long the oldest waiting entry has been due, in milliseconds.
    pub oldest_ms: i64,
    /// Dead letters.
    pub dead: i64,
}

/// The queues at one moment, and all counters since Redis was set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// One element per queue.
    pub queues: Vec<QueueGauges>,
    /// Counters by name. A name may carry label values: `name`, `name:A` or
    /// `name:A:B`.
    pub counters: BTreeMap<String, i64>,
}

impl<R: Redis> Jobs<R> {
    /// Reads gauges and counters. Each counter changes in the same script as the
    /// state that it counts, so it is exact.
    pub fn metrics(&self) -> Result<Metrics, JobsError> {
        let reply = self.eval(&script::METRICS, &[])?;
        parse(&reply).ok_or_else(|| script::METRICS.unexpected(reply))
    }
}

fn parse(reply: &[Value]) -> Option<Metrics> {
    let mut metrics = Metrics::default();
    let (gauges, counters) = reply.split_at_checked(QUEUES.len() * VALUES)?;
    for (queue, values) in QUEUES.into_iter().zip(gauges.chunks(VALUES)) {
        let [length, in_flight, oldest_ms, dead] = values else {
            return None;
        };
        metrics.queues.push(QueueGauges {
            queue,
            length: length.int()?,
            in_flight: in_flight.int()?,
            oldest_ms: oldest_ms.int()?,
            dead: dead.int()?,
        });
    }
    for pair in counters.chunks(2) {
        let [name, value] = pair else { return None };
        metrics.counters.insert(name.text()?, value.int()?);
    }
    Some(metrics)
}
