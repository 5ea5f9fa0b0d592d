//! What was asked and what was answered: all that a user can know.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::media_kinds::Kind;

/// What became of one request to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 202, with an id for each file.
    Accepted(Vec<String>),
    /// An answer that says no.
    Refused(u16, String),
    /// No whole answer: the user cannot know. All of it happened, or nothing.
    None,
}

/// One request to upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The files, by names that nothing else has.
    pub files: Vec<(String, Kind)>,
    pub answer: Answer,
}

/// A job that its user has asked to be deleted.
#[derive(Clone, Debug)]
pub struct Deletion {
    pub id: String,
    /// Whether that was answered.
    pub sure: bool,
}

/// Everything so far.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub uploads: Vec<Upload>,
    pub deletions: Vec<Deletion>,
    /// Files that were accepted.
    pub accepted: u64,
    /// Faults that were inflicted, and whether that was all.
    pub faults: u64,
    pub faults_over: bool,
    /// A fault waits for its point: there must be so many uploads that may bring
    /// it about.
    pub wanted: u64,
}

/// Written by the clients and by whoever inflicts the faults, who wait for each
/// other through it.
#[derive(Debug, Default)]
pub struct History {
    events: Mutex<Events>,
    changed: Condvar,
}

impl History {
    /// Notes something.
    pub fn note(&self, what: impl FnOnce(&mut Events)) {
        what(&mut self.events.lock().expect("nobody panics with it"));
        self.changed.notify_all();
    }

    /// Waits until that is so. False if it is not after `limit`.
    pub fn wait(&self, limit: Duration, so: impl Fn(&Events) -> bool) -> bool {
        let events = self.events.lock().expect("nobody panics with it");
        let waited = self.changed.wait_timeout_while(events, limit, |e| !so(e));
        !waited.expect("nobody panics with it").1.timed_out()
    }

    /// All of it, as it is now.
    pub fn events(&self) -> Events {
        self.events.lock().expect("nobody panics with it").clone()
    }
}
