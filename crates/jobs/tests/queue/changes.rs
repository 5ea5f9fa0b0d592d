//! What has changed of a user's jobs, for a client that follows all of them.

use std::time::Duration;

use crate::redis::{Connection, LEASE, RedisServer, accept, claim, connect};
use crate::uploads::{claim_mail, convert, send, upload};
use tonearm_account_state::AccountState;
use tonearm_jobs::{Changes, Claim, Failure, Fence, JobId, Jobs, MailState, Queue, Redis, State};
use tonearm_test_tools::require_redis;

fn ids(changes: &Changes) -> Vec<JobId> {
    changes.jobs.iter().map(|job| job.id).collect()
}

/// The changes since those of `before`. The next millisecond has begun, so that a change is
/// not in two queries.
fn since(jobs: &Jobs<Connection>, before: &Changes) -> Changes {
    jobs.changes("u1", Some(before.now_ms + 1), Some(&before.unfinished))
        .unwrap()
}

/// What a client sees that begins to follow.
fn first(server: &RedisServer, jobs: &Jobs<Connection>) -> Changes {
    let changes = jobs.changes("u1", None, None).unwrap();
    while server_ms(server) <= changes.now_ms {
        std::thread::yield_now();
    }
    changes
}

fn server_ms(server: &RedisServer) -> u64 {
    let time = server.connect().texts("TIME", &[]);
    time[0].parse::<u64>().unwrap() * 1000 + time[1].parse::<u64>().unwrap() / 1000
}

#[test]
fn a_client_that_begins_sees_what_is_unfinished_and_what_has_just_changed() {
    let server = require_redis!();
    let jobs = connect(&server);
    let old = accept(&jobs, 2);
    let done = claim(&jobs, Queue::Convert, LEASE);
    convert(&jobs, &done);
    let changes = first(&server, &jobs);
    assert_eq!(ids(&changes), [old[0].id, old[1].id]);
    assert!(changes.is_converting && changes.is_mailing);
    let redis = server.connect();
    for file in &old {
        let key = format!("tonearm:job:{}", file.id);
        redis.run("HSET", &[&key, "updated_ms", "1"]).unwrap();
    }
    let changes = first(&server, &jobs);
    assert_eq!(ids(&changes), [old[1].id], "the other one ended long ago");
    let nobody = jobs.changes("u2", None, None).unwrap();
    assert_eq!(nobody.jobs, []);
    assert!(!nobody.is_converting && !nobody.is_mailing);
}

#[test]
fn each_step_of_a_job_is_a_change() {
    let server = require_redis!();
    let jobs = connect(&server);
    let none = first(&server, &jobs);
    let files = accept(&jobs, 1);
    let accepted = since(&jobs, &none);
    assert_eq!(ids(&accepted), [files[0].id]);
    let mut before = first(&server, &jobs);
    let failure = Failure::new("x", "X.");
    let step = |what: &str, before: &mut Changes| {
        let changes = since(&jobs, before);
        assert_eq!(ids(&changes), [files[0].id], "{what}");
        *before = first(&server, &jobs);
        assert_eq!(ids(&since(&jobs, before)), [], "nothing after {what}");
        changes.jobs[0].clone()
    };
    let late = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(step("claim", &mut before).state, State::Converting);
    assert_eq!(jobs.renew(&late, LEASE, 0.5).unwrap(), Fence::Held);
    assert_eq!(step("renew", &mut before).progress, 0.5);
    let fence = jobs.retry_later(&late, &failure, Duration::ZERO);
    assert_eq!(fence.unwrap(), Fence::Held);
    assert_eq!(step("retry", &mut before).error, Some(failure));
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    step("claim again", &mut before);
    convert(&jobs, &claimed);
    assert_eq!(step("convert", &mut before).state, State::Done);
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!(step("mail", &mut before).mail, Some(MailState::Sending));
    send(&jobs, &mail);
    let sent = step("mailed", &mut before);
    assert_eq!(sent.mail, Some(MailState::Sent));
    assert!(!before.is_converting && !before.is_mailing);
}

#[test]
fn the_mail_of_an_upload_changes_each_of_its_jobs() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = upload(&jobs, 2);
    for _ in 0..2 {
        convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    }
    let before = first(&server, &jobs);
    let mail = claim_mail(&jobs).unwrap();
    let changes = since(&jobs, &before);
    assert_eq!(ids(&changes), files);
    let sending = Some(MailState::Sending);
    assert!(changes.jobs.iter().all(|job| job.mail == sending));
    let before = first(&server, &jobs);
    send(&jobs, &mail);
    assert_eq!(ids(&since(&jobs, &before)), files);
}

#[test]
fn a_deleted_job_is_gone_for_those_who_know_it() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 2);
    let before = first(&server, &jobs);
    assert!(jobs.delete(files[0].id, "u1").unwrap());
    assert_eq!(since(&jobs, &before).gone, [files[0].id]);
    let anew = first(&server, &jobs);
    assert_eq!(anew.gone, [], "who begins now has never seen it");
    assert_eq!(ids(&anew), [files[1].id]);
    assert_eq!(since(&jobs, &anew).gone, []);
    let redis = server.connect();
    for list in ["gone", "touched"] {
        let ttl = redis.count("PTTL", &format!("tonearm:owner:u1:{list}"));
        assert!((1..=600_000).contains(&ttl), "{list}: {ttl}");
    }
    let touched = redis.texts("ZRANGE", &["tonearm:owner:u1:touched", "0", "-1"]);
    assert_eq!(touched, [files[1].id.to_string()]);
}

#[test]
fn a_deleted_account_leaves_no_list_of_deleted_or_changed_jobs() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 2);
    let redis = server.connect();
    // As a service of the former release may leave it, which deletes a job.
    let touched = "tonearm:owner:u1:touched";
    redis.run("ZADD", &[touched, "1", "x"]).unwrap();
    let state = AccountState::new(server.connect());
    state.delete("u1", LEASE).unwrap();
    assert_eq!(jobs.delete_of_deleted_accounts(9).unwrap(), 2);
    jobs.delete_of_deleted_accounts(9).unwrap();
    for key in ["tonearm:owner:u1:gone", touched] {
        assert_eq!(redis.count("EXISTS", key), 0, "{key}");
    }
}

#[test]
fn a_clock_that_goes_back_hides_no_change() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 1);
    let ahead = server_ms(&server) + 3_600_000;
    let changes = jobs.changes("u1", Some(ahead), Some(&[])).unwrap();
    assert_eq!(ids(&changes), [files[0].id]);
    assert!(changes.now_ms < ahead);
}

/// The claim on a job that has not ended, and that a hundred newer ones follow.
fn claim_beyond_the_newest_hundred(jobs: &Jobs<Connection>) -> Claim {
    accept(jobs, 1);
    let claimed = claim(jobs, Queue::Convert, LEASE);
    accept(jobs, 99);
    for _ in 0..2 {
        convert(jobs, &claim(jobs, Queue::Convert, LEASE));
    }
    accept(jobs, 2);
    claimed
}

/// Beyond the newest hundred, a job that has not ended is still followed.
#[test]
fn an_old_job_that_has_not_ended_is_followed() {
    let server = require_redis!();
    let jobs = connect(&server);
    let claimed = claim_beyond_the_newest_hundred(&jobs);
    let old = claimed.job.id;
    let before = first(&server, &jobs);
    assert_eq!(before.jobs.len(), 102, "all of the last minute");
    assert_eq!(jobs.renew(&claimed, LEASE, 0.25).unwrap(), Fence::Held);
    assert_eq!(ids(&since(&jobs, &before)), [old]);
}

/// Its conversion makes it one of those that have ended, and so does its email.
#[test]
fn the_end_of_an_old_job_is_a_change() {
    let server = require_redis!();
    let jobs = connect(&server);
    let claimed = claim_beyond_the_newest_hundred(&jobs);
    let old = claimed.job.id;
    let before = first(&server, &jobs);
    convert(&jobs, &claimed);
    // A client that was cut off knows a time alone.
    for unfinished in [Some(&*before.unfinished), Some(&[]), None] {
        let changes = jobs.changes("u1", Some(before.now_ms + 1), unfinished);
        let changes = changes.unwrap();
        assert_eq!(ids(&changes), [old]);
        assert_eq!(changes.jobs[0].state, State::Done);
        assert!(changes.is_mailing && changes.unfinished.contains(&old));
    }
    let before = first(&server, &jobs);
    send(&jobs, &claim_mail(&jobs).unwrap());
    let sent = since(&jobs, &before);
    assert_eq!(ids(&sent), [old]);
    assert_eq!(sent.jobs[0].mail, Some(MailState::Sent));
    assert!(!sent.unfinished.contains(&old));
    let before = first(&server, &jobs);
    assert!(jobs.rename(old, "u1", "new.mp4").unwrap());
    assert_eq!(ids(&since(&jobs, &before)), [old]);
}

#[test]
fn a_quiet_query_looks_at_no_job_that_has_ended() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 3);
    for _ in 0..3 {
        convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    }
    send(&jobs, &claim_mail(&jobs).unwrap());
    let before = first(&server, &jobs);
    assert_eq!(before.unfinished, []);
    let redis = server.connect();
    redis.run("CONFIG", &["RESETSTAT"]).unwrap();
    assert_eq!(since(&jobs, &before).jobs, []);
    let stats = redis.texts("INFO", &["commandstats"]).concat();
    assert!(stats.contains("cmdstat_zrangebyscore:"), "{stats}");
    for command in ["hget", "hmget", "hgetall", "zrevrangebylex"] {
        assert!(!stats.contains(&format!("cmdstat_{command}:")), "{stats}");
    }
}
