//! Gauges and counters.

use crate::redis::{Connection, LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Failure, Fence, Jobs, Queue, QueueGauges, Redis, Retention};
use tonearm_test_tools::require_redis;

/// The gauges of the queue `video`.
fn video(jobs: &Jobs<Connection>) -> QueueGauges {
    let queues = jobs.metrics().unwrap().queues;
    queues.into_iter().find(|q| q.queue == "video").unwrap()
}

#[test]
fn each_step_is_counted() {
    let server = require_redis!();
    let jobs = connect(&server);
    let nothing = jobs.metrics().unwrap();
    let names: Vec<_> = nothing.queues.iter().map(|queue| queue.queue).collect();
    assert_eq!(names, ["video", "segment", "mp3", "letter"]);
    for gauges in &nothing.queues {
        let queue = gauges.queue;
        let empty = QueueGauges {
            queue,
            ..QueueGauges::default()
        };
        assert_eq!(*gauges, empty);
    }
    assert!(nothing.counters.is_empty(), "{:?}", nothing.counters);

    for _ in 0..3 {
        accept(&jobs, 1);
    }
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    claim(&jobs, Queue::Convert, NO_LEASE);
    let done = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    let fence = jobs.converted(&done, &mp3, Retention::default()).unwrap();
    assert_eq!(fence, Fence::Held);
    let bad = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(
        jobs.failed(&bad, &failure, &[], Some(LEASE)).unwrap(),
        Fence::Held
    );
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Held);
    let mail = claim(&jobs, Queue::Notify, LEASE);
    let fence = jobs.retry_later(&mail, &failure, LEASE).unwrap();
    assert_eq!(fence, Fence::Held);
    claim(&jobs, Queue::Convert, LEASE);
    let metrics = jobs.metrics().unwrap();
    let gauges = metrics.queues.iter();
    let gauges: Vec<_> = gauges
        .map(|queue| (queue.queue, queue.length, queue.in_flight, queue.dead))
        .collect();
    let expected = [
        ("video", 1, 1, 1),
        ("segment", 0, 0, 0),
        ("mp3", 1, 0, 0),
        ("letter", 0, 0, 0),
    ];
    assert_eq!(gauges, expected);
    let counters = metrics.counters.iter();
    let counters: Vec<_> = counters
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let expected = [
        ("attempts:convert", 4),
        ("attempts:mail", 2),
        ("conversions_done", 1),
        ("conversions_failed:no_audio_track", 1),
        ("jobs_accepted", 3),
        ("leases_expired:convert", 1),
        ("mails_sent", 1),
        ("retries:mail:no_audio_track", 1),
    ];
    assert_eq!(counters, expected);
}

#[test]
fn waiting_work_has_an_age_and_claimed_or_paused_work_has_none() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let gauges = video(&jobs);
    assert_eq!((gauges.oldest_ms, gauges.in_flight), (0, 1));
    redis.expire_all("tonearm:queue:video:leases");
    assert!(video(&jobs).oldest_ms > 0, "its lease ran out");

    let failure = Failure::new("x", "X.");
    let fence = jobs.retry_later(&claimed, &failure, LEASE).unwrap();
    assert_eq!(fence, Fence::Held);
    let gauges = video(&jobs);
    assert_eq!((gauges.oldest_ms, gauges.in_flight), (0, 0));
    assert_eq!(gauges.length, 1);

    // An undelivered entry from 1970.
    redis.run("DEL", &["tonearm:queue:video"]).unwrap();
    redis
        .run("XADD", &["tonearm:queue:video", "1000-0", "id", "x"])
        .unwrap();
    assert!(video(&jobs).oldest_ms > 1_000_000_000_000);
}
