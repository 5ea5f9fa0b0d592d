//! Metrics in the text format of Prometheus, version 0.0.4.

use std::fmt::Write;

use tonearm_jobs::{Metrics, QueueGauges};

/// The media type of [`to_text`].
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A metric with one value per queue.
struct Gauge {
    metric: &'static str,
    help: &'static str,
    value: fn(&QueueGauges) -> f64,
}

#[rustfmt::skip]
const GAUGES: [Gauge; 4] = [
    Gauge { metric: "tonearm_queue_length", help: "Pieces of work not done yet.", value: |queue| queue.length as f64 },
    Gauge { metric: "tonearm_queue_in_flight", help: "Pieces of work that a worker has claimed.", value: |queue| queue.in_flight as f64 },
    Gauge { metric: "tonearm_queue_oldest_waiting_seconds", help: "Time for which the oldest waiting piece of work has been due.", value: |queue| queue.oldest_ms as f64 / 1000.0 },
    Gauge { metric: "tonearm_dead_letters", help: "Pieces of work given up, which wait for an operator.", value: |queue| queue.dead as f64 },
];

/// A counter of [`Metrics::counters`] and its metric. The values of `labels`
/// follow `name`, separated by colons.
struct Counter {
    name: &'static str,
    metric: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
}

#[rustfmt::skip]
const COUNTERS: [Counter; 16] = [
    Counter { name: "jobs_accepted", metric: "tonearm_jobs_accepted_total", labels: &[], help: "Uploaded files accepted." },
    Counter { name: "jobs_deleted", metric: "tonearm_jobs_deleted_total", labels: &[], help: "Jobs deleted." },
    Counter { name: "uploads_taken_over", metric: "tonearm_uploads_taken_over_total", labels: &[], help: "Requests that continued an upload whose writer had fallen silent." },
    Counter { name: "attempts", metric: "tonearm_attempts_total", labels: &["kind"], help: "Attempts begun." },
    Counter { name: "leases_expired", metric: "tonearm_leases_expired_total", labels: &["kind"], help: "Attempts whose worker stopped renewing its lease." },
    Counter { name: "retries", metric: "tonearm_retries_total", labels: &["kind", "code"], help: "Attempts that failed and are followed by another." },
    Counter { name: "conversions_cut", metric: "tonearm_conversions_cut_total", labels: &[], help: "Conversions split into segments." },
    Counter { name: "conversions_done", metric: "tonearm_conversions_done_total", labels: &[], help: "Conversions that made an MP3." },
    Counter { name: "conversions_failed", metric: "tonearm_conversions_failed_total", labels: &["code"], help: "Conversions that failed for good." },
    Counter { name: "conversions_again", metric: "tonearm_conversions_again_total", labels: &[], help: "Ended conversions that users queued again with other options." },
    Counter { name: "mails_sent", metric: "tonearm_mails_sent_total", labels: &[], help: "Emails accepted by the email API." },
    Counter { name: "mails_failed", metric: "tonearm_mails_failed_total", labels: &["code"], help: "Emails given up." },
    Counter { name: "mails_skipped", metric: "tonearm_mails_skipped_total", labels: &[], help: "Jobs whose owner gets no email about them." },
    Counter { name: "letters_sent", metric: "tonearm_letters_sent_total", labels: &[], help: "Emails about accounts accepted by the email API." },
    Counter { name: "letters_failed", metric: "tonearm_letters_failed_total", labels: &["code"], help: "Emails about accounts given up, or too late to be sent." },
    Counter { name: "requeues", metric: "tonearm_requeues_total", labels: &["kind"], help: "Dead letters queued again." },
];

/// Formats `metrics`.
pub fn to_text(metrics: &Metrics) -> String {
    let mut text = String::new();
    for gauge in &GAUGES {
        write_header(&mut text, gauge.metric, gauge.help, "gauge");
        for queue in &metrics.queues {
            let labels = [("queue", queue.queue)];
            write_sample(&mut text, gauge.metric, &labels, (gauge.value)(queue));
        }
    }
    for counter in &COUNTERS {
        write_counter(&mut text, metrics, counter);
    }
    text
}

fn write_counter(text: &mut String, metrics: &Metrics, counter: &Counter) {
    write_header(text, counter.metric, counter.help, "counter");
    if counter.labels.is_empty() {
        let value = metrics.counters.get(counter.name).copied().unwrap_or(0);
        return write_sample(text, counter.metric, &[], value as f64);
    }
    for (name, value) in &metrics.counters {
        let mut parts = name.splitn(1 + counter.labels.len(), ':');
        if parts.next() == Some(counter.name) {
            let labels: Vec<_> = counter.labels.iter().copied().zip(parts).collect();
            write_sample(text, counter.metric, &labels, *value as f64);
        }
    }
}

fn write_header(text: &mut String, metric: &str, help: &str, kind: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}");
}

fn write_sample(text: &mut String, metric: &str, labels: &[(&str, &str)], value: f64) {
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
