//! The invariants after every step, read from Redis.

use std::collections::{BTreeMap, BTreeSet};

use tonearm_jobs::{JobId, MailState, Queue, State};

use super::world::{Expected, World};
use crate::redis::Connection;

const QUEUES: [Queue; 2] = [Queue::Convert, Queue::Notify];

/// The queue agrees with the model.
pub fn agrees(world: &World) {
    for (id, expected) in &world.expected {
        job_agrees(world, *id, expected);
    }
    for queue in QUEUES {
        queue_agrees(world, queue);
    }
    nothing_due_is_held_back(world);
    segments_agree(world);
    for owner in ["u0", "u1"] {
        let key = format!("tonearm:owner:{owner}:active");
        let active: BTreeSet<_> = world.redis.texts("SMEMBERS", &[&key]).into_iter().collect();
        let unended = |job: &Expected| !matches!(job.state, State::Done | State::Failed);
        let expected = ids(world, |job| job.owner == owner && unended(job));
        assert_eq!(active, expected, "unfinished jobs of {owner}");
        let listed = world.jobs.list(owner, None, 1000).unwrap();
        let listed: BTreeSet<_> = listed.iter().map(|job| job.id.to_string()).collect();
        assert_eq!(listed, ids(world, |job| job.owner == owner));
    }
    let counters: BTreeMap<_, i64> = world
        .redis
        .texts("HGETALL", &["tonearm:metrics"])
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].parse().unwrap()))
        .collect();
    assert_eq!(counters, world.counters);
    let jobs = world.redis.keys();
    let jobs = jobs
        .iter()
        .filter_map(|key| key.strip_prefix("tonearm:job:"));
    let jobs: BTreeSet<_> = jobs
        .map(|key| key.split(':').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(jobs, ids(world, |_| true), "keys of jobs");
}

fn job_agrees(world: &World, id: JobId, expected: &Expected) {
    let job = world.jobs.get(id, &expected.owner).unwrap();
    let job = job.expect("the job is there");
    let (mail, mail_attempt) = world.shown_mail(id);
    assert_eq!(
        (job.state, job.mail, job.requeues),
        (expected.state, mail, expected.requeues),
        "{id}"
    );
    assert_eq!(
        (job.attempt, job.mail_attempt),
        (expected.convert.attempt, mail_attempt),
        "{id}"
    );
    let garbage: BTreeSet<_> = world
        .redis
        .texts("ZRANGE", &["tonearm:garbage", "0", "-1"])
        .into_iter()
        .collect();
    match job.state {
        State::Queued | State::Converting => {
            assert!(world.blobs.contains(&expected.video), "{id}: video");
            assert!(!garbage.contains(&expected.video), "{id}: video");
        }
        State::Done => {
            let mp3 = job.mp3.as_ref().map(|mp3| mp3.blob.clone());
            assert_eq!(mp3, expected.mp3);
            if job.mp3_expires_ms.is_none() {
                let blob = mp3.unwrap();
                assert!(world.blobs.contains(&blob) && !garbage.contains(&blob));
            }
        }
        State::Failed => {
            let mp3 = job.mp3.as_ref().map(|mp3| mp3.blob.clone());
            assert_eq!(mp3, expected.mp3, "{id}: the former MP3");
            if let (Some(blob), None) = (mp3, job.mp3_expires_ms) {
                assert!(!garbage.contains(&blob), "{id}: the former MP3");
            }
        }
    }
    let attempts = world.jobs.attempts(id).unwrap();
    assert!(attempts.len() <= 20);
    let working = QUEUES.iter().any(|queue| expected.working(*queue));
    let open = attempts.iter().filter(|one| one.outcome.is_none()).count();
    // Attempts at segments may have displaced it from a full history.
    let is_right = open == usize::from(working) || open == 0 && attempts.len() == 20;
    assert!(is_right, "{id}: {attempts:?}");
    let ended = |outcome: bool, time: bool| outcome == time;
    assert!(
        attempts
            .iter()
            .all(|one| ended(one.outcome.is_some(), one.ended_ms.is_some()))
    );
}

fn queue_agrees(world: &World, queue: Queue) {
    let stream = format!("tonearm:queue:{}", queue.name());
    let entries = entries(&world.redis, &stream, 3);
    let unfinished = |job: &Expected| match queue {
        Queue::Convert => {
            matches!(job.state, State::Queued | State::Converting) && job.split.is_none()
        }
        _ => job.is_mailing(),
    };
    let queued: BTreeSet<_> = entries.values().cloned().collect();
    assert_eq!(entries.len(), queued.len(), "one entry per piece of work");
    assert_eq!(queued, ids(world, unfinished), "{stream}");

    let leases = format!("{stream}:leases");
    let leased = world.redis.texts("ZRANGE", &[&leases, "0", "-1"]);
    assert!(
        leased.iter().all(|entry| entries.contains_key(entry)),
        "no lease without an entry"
    );
    let working = ids(world, |job| job.working(queue) && unfinished(job));
    let leased: BTreeSet<_> = leased.iter().map(|entry| entries[entry].clone()).collect();
    assert!(working.is_subset(&leased), "no work without a lease");

    let metrics = world.jobs.metrics().unwrap();
    let mut gauges = metrics.queues.iter();
    let gauges = gauges.find(|gauges| gauges.queue == queue.name());
    let gauges = gauges.unwrap();
    assert_eq!(gauges.length, queued.len() as i64, "length of {stream}");
    assert_eq!(gauges.in_flight, working.len() as i64, "leases of {stream}");

    let letters = world.jobs.dead_letters(queue, None, 1000).unwrap();
    let letters: Vec<_> = letters.iter().map(|letter| letter.id.to_string()).collect();
    let dead = ids(world, |job| match queue {
        Queue::Convert => job.convert.dead,
        _ => job.mailing.dead,
    });
    assert_eq!(letters.len(), dead.len(), "one dead letter each");
    assert_eq!(letters.into_iter().collect::<BTreeSet<_>>(), dead);
}

/// An email that may be sent now is claimed by the next worker, without waiting.
fn nothing_due_is_held_back(world: &World) {
    let leases = ["tonearm:queue:mp3:leases", "0", "-1", "WITHSCORES"];
    let now: u64 = world.redis.texts("TIME", &[])[0].parse().unwrap();
    let leases: BTreeMap<_, _> = world
        .redis
        .texts("ZRANGE", &leases)
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].parse::<u64>().unwrap() / 1000))
        .collect();
    for (entry, id) in entries(&world.redis, "tonearm:queue:mp3", 3) {
        let id = JobId::parse(&id).unwrap();
        let until = leases.get(&entry).copied().unwrap_or(0);
        let is_due = until <= now;
        assert!(
            is_due || !world.is_surely_due(id),
            "{id} waits until {until}"
        );
    }
}

/// There is one entry and at most one lease for each unfinished segment, and every part
/// exists as long as it is needed.
fn segments_agree(world: &World) {
    let entries = world
        .redis
        .texts("XRANGE", &["tonearm:queue:segment", "-", "+"]);
    let entries: BTreeMap<_, _> = entries
        .chunks(7)
        .map(|entry| (entry[0].clone(), (entry[2].clone(), entry[4].clone())))
        .collect();
    let of = |(id, job): (&JobId, &Expected)| -> Vec<_> {
        let numbers = job.split.iter().flat_map(super::segments::Split::entries);
        numbers
            .map(|number| (id.to_string(), number.to_string()))
            .collect()
    };
    let expected: BTreeSet<_> = world.expected.iter().flat_map(of).collect();
    assert_eq!(entries.len(), expected.len(), "one entry per segment");
    assert_eq!(entries.values().cloned().collect::<BTreeSet<_>>(), expected);
    let leased = world
        .redis
        .texts("ZRANGE", &["tonearm:queue:segment:leases", "0", "-1"]);
    assert!(leased.iter().all(|entry| entries.contains_key(entry)));

    let garbage = world.redis.texts("ZRANGE", &["tonearm:garbage", "0", "-1"]);
    for job in world.expected.values() {
        let split = job.split.iter().flat_map(super::segments::Split::parts);
        for part in split {
            assert!(
                world.blobs.contains(part) && !garbage.contains(part),
                "{part}"
            );
        }
        // They are kept as long as the MP3.
        let is_there = |blob: &String| (world.blobs.contains(blob), garbage.contains(blob));
        for part in &job.parts {
            assert_eq!(
                Some(is_there(part)),
                job.mp3.as_ref().map(is_there),
                "{part}"
            );
        }
    }
}

/// Every accepted job and its email have ended.
pub fn all_ended(world: &World) {
    for (id, job) in &world.expected {
        assert!(matches!(job.state, State::Done | State::Failed), "{id}");
        let mailed = [MailState::Sent, MailState::Failed, MailState::Skipped];
        assert!(job.mail.is_some_and(|mail| mailed.contains(&mail)), "{id}");
    }
}

/// After every job was deleted there are no files, and only counters and empty streams in
/// Redis.
pub fn nothing_left(world: &World) {
    assert_eq!(world.blobs, BTreeSet::new());
    for key in world.redis.keys() {
        match world.redis.texts("TYPE", &[&key])[0].as_str() {
            "stream" => assert_eq!(world.redis.count("XLEN", &key), 0, "{key}"),
            _ => assert_eq!(key, "tonearm:metrics"),
        }
    }
}

/// The ids of the jobs for which `are` holds.
fn ids(world: &World, are: impl Fn(&Expected) -> bool) -> BTreeSet<String> {
    let jobs = world.expected.iter().filter(|(_, job)| are(job));
    jobs.map(|(id, _)| id.to_string()).collect()
}

/// The entries of a stream and their jobs; each entry has `values` values in the
/// flattened reply.
fn entries(redis: &Connection, stream: &str, values: usize) -> BTreeMap<String, String> {
    let answer = redis.texts("XRANGE", &[stream, "-", "+"]);
    let entries = answer.chunks(values);
    entries
        .map(|entry| (entry[0].clone(), entry[2].clone()))
        .collect()
}
