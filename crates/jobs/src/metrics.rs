//! What there is to watch, and how Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{Jobs, JobsError, Redis, Value, keys, script};

/// The queues by their names, as in the keys.
const QUEUES: [&str; 3] = ["video", "segment", "mp3"];
/// Values in the answer of `metrics.lua` per queue.
const VALUES: usize = 4;

/// A queue at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Gauges {
    length: i64,
    in_flight: i64,
    oldest_ms: i64,
    dead: i64,
}

/// The queues at one moment, and everything counted so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    queues: [Gauges; 3],
    counters: BTreeMap<String, i64>,
}

impl<R: Redis> Jobs<R> {
    /// What there is to watch. The counters move in the same atomic steps as
    /// what they count, so they are exact.
    pub fn metrics(&self) -> Result<Metrics, JobsError> {
        let mut names = vec![keys::METRICS.to_owned()];
        for queue in QUEUES {
            names.extend([
                keys::stream_of(queue),
                keys::leases_of(queue),
                keys::dead_of(queue),
            ]);
        }
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let answer = self.eval(script::METRICS, &names, &[keys::GROUP])?;
        parse(&answer).ok_or(JobsError::Answer {
            script: script::METRICS.name,
            answer,
        })
    }
}

fn parse(answer: &[Value]) -> Option<Metrics> {
    let mut metrics = Metrics::default();
    let (gauges, counters) = answer.split_at_checked(QUEUES.len() * VALUES)?;
    for (queue, values) in metrics.queues.iter_mut().zip(gauges.chunks(VALUES)) {
        let [length, in_flight, oldest_ms, dead] = values else {
            return None;
        };
        *queue = Gauges {
            length: length.int()?,
            in_flight: in_flight.int()?,
            oldest_ms: oldest_ms.int()?,
            dead: dead.int()?,
        };
    }
    for pair in counters.chunks(2) {
        let [name, value] = pair else { return None };
        metrics.counters.insert(name.text()?, value.int()?);
    }
    Some(metrics)
}

/// A counter as the scripts name it: `name`, `name:A` or `name:A:B`, where A and
/// B are the values of `labels`.
struct Counter {
    name: &'static str,
    metric: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
}

#[rustfmt::skip]
const COUNTERS: [Counter; 11] = [
    Counter { name: "jobs_accepted", metric: "tonearm_jobs_accepted_total", labels: &[], help: "Uploaded files accepted." },
    Counter { name: "jobs_deleted", metric: "tonearm_jobs_deleted_total", labels: &[], help: "Jobs deleted." },
    Counter { name: "attempts", metric: "tonearm_attempts_total", labels: &["kind"], help: "Attempts begun." },
    Counter { name: "leases_expired", metric: "tonearm_leases_expired_total", labels: &["kind"], help: "Attempts whose worker was not heard of again." },
    Counter { name: "retries", metric: "tonearm_retries_total", labels: &["kind", "code"], help: "Attempts that failed and are followed by another." },
    Counter { name: "conversions_cut", metric: "tonearm_conversions_cut_total", labels: &[], help: "Conversions cut into segments." },
    Counter { name: "conversions_done", metric: "tonearm_conversions_done_total", labels: &[], help: "Conversions that made an MP3." },
    Counter { name: "conversions_failed", metric: "tonearm_conversions_failed_total", labels: &["code"], help: "Conversions that failed for good." },
    Counter { name: "mails_sent", metric: "tonearm_mails_sent_total", labels: &[], help: "Emails taken by the email API." },
    Counter { name: "mails_failed", metric: "tonearm_mails_failed_total", labels: &["code"], help: "Emails given up." },
    Counter { name: "requeues", metric: "tonearm_requeues_total", labels: &["kind"], help: "Dead letters queued again." },
];

impl Metrics {
    /// The media type of [`to_text`](Self::to_text).
    pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Prometheus' text format 0.0.4.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        type Gauge = (&'static str, &'static str, fn(&Gauges) -> f64);
        let gauges: [Gauge; 4] = [
            (
                "tonearm_queue_length",
                "Pieces of work not done yet.",
                |q| q.length as f64,
            ),
            (
                "tonearm_queue_in_flight",
                "Of these, held by a worker.",
                |q| q.in_flight as f64,
            ),
            (
                "tonearm_queue_oldest_waiting_seconds",
                "For how long the longest waiting has been due.",
                |q| q.oldest_ms as f64 / 1000.0,
            ),
            (
                "tonearm_dead_letters",
                "Pieces of work given up, for an operator to see to.",
                |q| q.dead as f64,
            ),
        ];
        for (metric, help, value) in gauges {
            head(&mut text, metric, help, "gauge");
            for (queue, gauges) in QUEUES.iter().zip(&self.queues) {
                let label = queue;
                line(&mut text, metric, &[("queue", label)], value(gauges));
            }
        }
        for counter in &COUNTERS {
            self.counter(&mut text, counter);
        }
        text
    }

    fn counter(&self, text: &mut String, counter: &Counter) {
        head(text, counter.metric, counter.help, "counter");
        if counter.labels.is_empty() {
            let value = self.counters.get(counter.name).copied().unwrap_or(0);
            return line(text, counter.metric, &[], value as f64);
        }
        for (name, value) in &self.counters {
            let mut parts = name.splitn(1 + counter.labels.len(), ':');
            if parts.next() == Some(counter.name) {
                let labels: Vec<_> = counter.labels.iter().copied().zip(parts).collect();
                line(text, counter.metric, &labels, *value as f64);
            }
        }
    }
}

fn head(text: &mut String, metric: &str, help: &str, kind: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}");
}

fn line(text: &mut String, metric: &str, labels: &[(&str, &str)], value: f64) {
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| {
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            format!("{name}=\"{value}\"")
        })
        .collect();
    let labels = match labels.as_slice() {
        [] => String::new(),
        some => format!("{{{}}}", some.join(",")),
    };
    let _ = writeln!(text, "{metric}{labels} {value}");
}
