//! What there is to watch.

use crate::redis::{LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Failure, Fence, Jobs, Queue, Redis, Retention};
use tonearm_test_tools::require_redis;

/// The value of the line that begins with `name`.
fn value<R: Redis>(jobs: &Jobs<R>, name: &str) -> f64 {
    let text = jobs.metrics().unwrap().to_text();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("{name} in {text}"));
    line.trim().parse().unwrap()
}

#[test]
fn wire_format_of_metrics() {
    let server = require_redis!();
    let jobs = connect(&server);
    insta::assert_snapshot!("metrics_of_nothing", jobs.metrics().unwrap().to_text());

    accept(&jobs, 3);
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    claim(&jobs, Queue::Convert, NO_LEASE);
    let done = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    let hold = jobs.converted(&done, &mp3, Retention::default()).unwrap();
    assert_eq!(hold, Fence::Held);
    let bad = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(
        jobs.failed(&bad, &failure, Some(LEASE)).unwrap(),
        Fence::Held
    );
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Held);
    let mail = claim(&jobs, Queue::Notify, LEASE);
    let hold = jobs.retry_later(&mail, &failure, LEASE).unwrap();
    assert_eq!(hold, Fence::Held);
    claim(&jobs, Queue::Convert, LEASE);
    insta::assert_snapshot!("metrics", jobs.metrics().unwrap().to_text());
}

#[test]
fn what_waits_has_an_age_and_what_is_held_or_pauses_has_none() {
    const OLDEST: &str = "tonearm_queue_oldest_waiting_seconds{queue=\"video\"}";
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    accept(&jobs, 1);
    let held = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(value(&jobs, OLDEST), 0.0);
    assert_eq!(
        value(&jobs, "tonearm_queue_in_flight{queue=\"video\"}"),
        1.0
    );
    redis.expire_all("tonearm:queue:video:leases");
    assert!(value(&jobs, OLDEST) > 0.0, "its lease ran out");

    let failure = Failure::new("x", "X.");
    let hold = jobs.retry_later(&held, &failure, LEASE).unwrap();
    assert_eq!(hold, Fence::Held);
    assert_eq!(value(&jobs, OLDEST), 0.0);
    assert_eq!(
        value(&jobs, "tonearm_queue_in_flight{queue=\"video\"}"),
        0.0
    );
    assert_eq!(value(&jobs, "tonearm_queue_length{queue=\"video\"}"), 1.0);

    // An entry that nobody was ever given, and that is from 1970.
    redis.run("DEL", &["tonearm:queue:video"]).unwrap();
    redis
        .run("XADD", &["tonearm:queue:video", "1000-0", "id", "x"])
        .unwrap();
    assert!(value(&jobs, OLDEST) > 1e9);
}
