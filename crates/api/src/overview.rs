//! `GET /admin/overview`: queues, failures and counters, for the page of administrators.

use std::collections::BTreeMap;

use serde::Serialize;
use tonearm_jobs::Metrics;
use tonearm_tokens::Claims;
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::{Error, JobQueue, Platform};

/// The counter of failed conversions, followed by a code.
const FAILURES: &str = "conversions_failed";

/// The state of the service. The numbers are those of `/metrics`.
#[derive(Serialize)]
struct OverviewView {
    /// By name.
    queues: BTreeMap<&'static str, QueueView>,
    /// Failed conversions by code.
    failures: BTreeMap<String, i64>,
    /// Other counters, by name and by what stands behind it: a kind of work, a code or both.
    counters: BTreeMap<String, CounterView>,
}

#[derive(Serialize)]
struct QueueView {
    /// Pieces of work that no worker has claimed.
    waiting: i64,
    /// Those that a worker has claimed.
    running: i64,
    /// For how long the oldest waiting piece has been due.
    due_seconds: f64,
    /// Dead letters.
    dead: i64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CounterView {
    One(i64),
    Many(BTreeMap<String, i64>),
}

/// Reads the state of the queues.
pub(crate) fn show<'p, P: Platform>(
    call: &Call<'p, P>,
    _: &Claims,
) -> Result<Answer<'p, P>, Error> {
    let view = OverviewView::from(call.platform.queue()?.metrics()?);
    Ok(Answer::Complete(reply::json(200, &view)))
}

impl From<Metrics> for OverviewView {
    fn from(metrics: Metrics) -> Self {
        let queues = metrics.queues.iter().map(|gauges| {
            let view = QueueView {
                waiting: (gauges.length - gauges.in_flight).max(0),
                running: gauges.in_flight,
                due_seconds: gauges.oldest_ms as f64 / 1000.0,
                dead: gauges.dead,
            };
            (gauges.queue, view)
        });
        let mut overview = Self {
            queues: queues.collect(),
            failures: BTreeMap::new(),
            counters: BTreeMap::new(),
        };
        for (name, count) in metrics.counters {
            overview.add(&name, count);
        }
        overview
    }
}

impl OverviewView {
    fn add(&mut self, name: &str, count: i64) {
        let Some((name, label)) = name.split_once(':') else {
            let one = CounterView::One(count);
            self.counters.insert(name.to_owned(), one);
            return;
        };
        if name == FAILURES {
            self.failures.insert(label.to_owned(), count);
            return;
        }
        let many = self.counters.entry(name.to_owned());
        let many = many.or_insert_with(|| CounterView::Many(BTreeMap::new()));
        if let CounterView::Many(many) = many {
            many.insert(label.to_owned(), count);
        }
    }
}
