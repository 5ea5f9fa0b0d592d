//! The bell rings again when work is due, and only then.

use crate::redis::{LEASE, NO_LEASE, Server, accept, claim};
use tonearm_jobs::{Queue, Redis};

/// Lets the next ring through, as the passing of time does.
fn quiet_is_over(server: &Server) {
    server
        .connect()
        .run("DEL", &["tonearm:queue:video:rung"])
        .unwrap();
}

#[test]
fn nothing_due_rings_no_bell() {
    let server = Server::start();
    let jobs = server.jobs();
    assert!(!jobs.ring_if_due(Queue::Video).unwrap(), "no stream yet");
    accept(&jobs, 1);
    claim(&jobs, Queue::Video, LEASE);
    assert!(!jobs.ring_if_due(Queue::Video).unwrap(), "all is leased");
}

#[test]
fn an_entry_nobody_heard_of_rings() {
    let server = Server::start();
    let jobs = server.jobs();
    accept(&jobs, 1);
    assert!(jobs.ring_if_due(Queue::Video).unwrap());
    assert!(
        !jobs.ring_if_due(Queue::Video).unwrap(),
        "once in a while is enough"
    );
}

#[test]
fn an_entry_whose_lease_ran_out_rings() {
    let server = Server::start();
    let jobs = server.jobs();
    accept(&jobs, 2);
    claim(&jobs, Queue::Video, LEASE);
    claim(&jobs, Queue::Video, NO_LEASE);
    assert!(jobs.ring_if_due(Queue::Video).unwrap());
    claim(&jobs, Queue::Video, LEASE);
    quiet_is_over(&server);
    assert!(!jobs.ring_if_due(Queue::Video).unwrap());
    accept(&jobs, 1);
    assert!(
        jobs.ring_if_due(Queue::Video).unwrap(),
        "a new one beside leased ones"
    );
}
