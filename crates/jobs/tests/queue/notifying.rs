//! Notifications are repeated when work is due, and only then.

use crate::redis::{LEASE, NO_LEASE, RedisServer, accept, claim, connect};
use tonearm_jobs::{Queue, Redis};
use tonearm_test_tools::require_redis;

/// Allows the next notification, as the passing of a second does.
fn a_second_passes(server: &RedisServer) {
    server
        .connect()
        .run("DEL", &["tonearm:queue:video:last_notified"])
        .unwrap();
}

#[test]
fn without_due_work_nobody_is_notified() {
    let server = require_redis!();
    let jobs = connect(&server);
    assert!(
        !jobs.notify_if_due(Queue::Convert).unwrap(),
        "no stream yet"
    );
    accept(&jobs, 1);
    claim(&jobs, Queue::Convert, LEASE);
    assert!(
        !jobs.notify_if_due(Queue::Convert).unwrap(),
        "every entry is leased"
    );
}

#[test]
fn an_undelivered_entry_notifies_once_a_second() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    assert!(jobs.notify_if_due(Queue::Convert).unwrap());
    assert!(
        !jobs.notify_if_due(Queue::Convert).unwrap(),
        "not twice within a second"
    );
}

#[test]
fn an_expired_lease_notifies() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 2);
    claim(&jobs, Queue::Convert, LEASE);
    claim(&jobs, Queue::Convert, NO_LEASE);
    assert!(jobs.notify_if_due(Queue::Convert).unwrap());
    claim(&jobs, Queue::Convert, LEASE);
    a_second_passes(&server);
    assert!(!jobs.notify_if_due(Queue::Convert).unwrap());
    accept(&jobs, 1);
    assert!(
        jobs.notify_if_due(Queue::Convert).unwrap(),
        "a new one beside leased ones"
    );
}
