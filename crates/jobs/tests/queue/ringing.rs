//! The bell rings again when work is due, and only then.

use crate::redis::{LEASE, NO_LEASE, RedisServer, accept, claim, connect};
use tonearm_jobs::{Queue, Redis};
use tonearm_test_tools::require_redis;

/// Lets the next ring through, as the passing of time does.
fn quiet_is_over(server: &RedisServer) {
    server
        .connect()
        .run("DEL", &["tonearm:queue:video:last_notified"])
        .unwrap();
}

#[test]
fn nothing_due_rings_no_bell() {
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
        "all is leased"
    );
}

#[test]
fn an_entry_nobody_heard_of_rings() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    assert!(jobs.notify_if_due(Queue::Convert).unwrap());
    assert!(
        !jobs.notify_if_due(Queue::Convert).unwrap(),
        "once in a while is enough"
    );
}

#[test]
fn an_entry_whose_lease_ran_out_rings() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 2);
    claim(&jobs, Queue::Convert, LEASE);
    claim(&jobs, Queue::Convert, NO_LEASE);
    assert!(jobs.notify_if_due(Queue::Convert).unwrap());
    claim(&jobs, Queue::Convert, LEASE);
    quiet_is_over(&server);
    assert!(!jobs.notify_if_due(Queue::Convert).unwrap());
    accept(&jobs, 1);
    assert!(
        jobs.notify_if_due(Queue::Convert).unwrap(),
        "a new one beside leased ones"
    );
}
