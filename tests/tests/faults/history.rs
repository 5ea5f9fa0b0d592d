//! Requests and responses: everything that users know.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::media_kinds::Kind;

/// The response to an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 202, with an id per file.
    Accepted(Vec<String>),
    /// Any other status.
    Refused(u16, String),
    /// No complete response: all files became jobs, or none.
    None,
}

/// One upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The files, by unique names.
    pub files: Vec<(String, Kind)>,
    pub answer: Answer,
}

/// A request to delete a job.
#[derive(Clone, Debug)]
pub struct Deletion {
    pub id: String,
    /// Whether there was a response.
    pub sure: bool,
}

/// Everything so far.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub uploads: Vec<Upload>,
    pub deletions: Vec<Deletion>,
    /// Acknowledged bytes that were lost, in words.
    pub forgotten: Vec<String>,
    /// Resumable uploads that had their last byte acknowledged, and how often they were
    /// resumed.
    pub resumable: u64,
    pub resumed: u64,
    /// Accepted files.
    pub accepted: u64,
    /// Inflicted faults, and whether no more follow.
    pub faults: u64,
    pub faults_over: bool,
    /// Uploads needed while a fault waits for its point.
    pub wanted: u64,
}

/// Written by the clients and by the thread that inflicts faults; they wait for each
/// other through it.
#[derive(Debug, Default)]
pub struct History {
    events: Mutex<Events>,
    changed: Condvar,
}

impl History {
    /// Records something.
    pub fn note(&self, what: impl FnOnce(&mut Events)) {
        what(&mut self.events.lock().expect("no holder panics"));
        self.changed.notify_all();
    }

    /// Waits for the condition. False if `limit` passes first.
    pub fn wait(&self, limit: Duration, condition: impl Fn(&Events) -> bool) -> bool {
        let events = self.events.lock().expect("no holder panics");
        let waited = self
            .changed
            .wait_timeout_while(events, limit, |e| !condition(e));
        !waited.expect("no holder panics").1.timed_out()
    }

    /// A copy of everything so far.
    pub fn events(&self) -> Events {
        self.events.lock().expect("no holder panics").clone()
    }
}
