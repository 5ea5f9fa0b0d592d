//! A clock that tests move, and a queue in memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure, Fence, JobsError, RedisError};
use tonearm_worker::{Clock, Ending, Item, Leases, Outcome, Queue, Work, Worker};

/// A clock that advances only when something sleeps or a test advances it.
#[derive(Default)]
pub struct FakeClock {
    now: Cell<Duration>,
    /// Runs at each sleep.
    pub on_sleep: RefCell<Option<Box<dyn FnMut()>>>,
    pub slept: RefCell<Vec<Duration>>,
}

impl FakeClock {
    pub fn advance(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn sleep(&self, pause: Duration) {
        self.slept.borrow_mut().push(pause);
        self.advance(pause);
        if let Some(on_sleep) = self.on_sleep.borrow_mut().as_mut() {
            on_sleep();
        }
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

/// An item with its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FakeItem {
    pub name: &'static str,
    pub attempt: u32,
    pub since_queued: u32,
    pub deaths: u32,
}

pub fn item(name: &'static str, attempt: u32) -> FakeItem {
    FakeItem {
        name,
        attempt,
        since_queued: attempt,
        deaths: 0,
    }
}

impl fmt::Display for FakeItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Item for FakeItem {
    fn attempt(&self) -> u32 {
        self.attempt
    }

    fn attempts_since_queued(&self) -> u32 {
        self.since_queued
    }

    fn deaths_at_one_place(&self) -> u32 {
        self.deaths
    }

    fn traceparent(&self) -> Option<&str> {
        None
    }
}

pub fn away() -> JobsError {
    RedisError("away".to_owned()).into()
}

/// A queue that hands out its items once and writes down every step.
#[derive(Default)]
pub struct FakeQueue {
    pub items: RefCell<VecDeque<FakeItem>>,
    pub steps: RefCell<Vec<String>>,
    pub places: RefCell<Vec<u64>>,
    /// Whether claims are lost.
    pub is_lost: Cell<bool>,
    /// Whether every step after the claim fails.
    pub is_away: Cell<bool>,
}

impl FakeQueue {
    pub fn of(items: &[FakeItem]) -> Self {
        Self {
            items: RefCell::new(items.iter().copied().collect()),
            ..Self::default()
        }
    }

    fn step(&self, step: String) -> Result<Fence, JobsError> {
        self.steps.borrow_mut().push(step);
        match (self.is_away.get(), self.is_lost.get()) {
            (true, _) => Err(away()),
            (_, true) => Ok(Fence::Lost),
            _ => Ok(Fence::Held),
        }
    }

    pub fn steps(&self) -> Vec<String> {
        self.steps.borrow().clone()
    }
}

impl Queue for FakeQueue {
    type Item = FakeItem;
    type Product = u8;

    fn claim(&self) -> Result<Option<FakeItem>, JobsError> {
        Ok(self.items.borrow_mut().pop_front())
    }

    fn done(&self, item: &FakeItem, product: &u8) -> Result<Fence, JobsError> {
        self.step(format!("{item} done {product}"))
    }

    fn retry_later(
        &self,
        item: &FakeItem,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        self.step(format!("{item} retry {} in {pause:?}", failure.code))
    }

    fn failed(
        &self,
        item: &FakeItem,
        failure: &Failure,
        tracks: &[AudioTrack],
        ending: Ending,
    ) -> Result<Fence, JobsError> {
        let tracks = match tracks.len() {
            0 => String::new(),
            count => format!(" tracks={count}"),
        };
        self.step(format!("{item} failed {} {ending:?}{tracks}", failure.code))
    }
}

impl Leases for FakeQueue {
    type Item = FakeItem;

    fn renew(&self, item: &FakeItem, lease: Duration, progress: f32) -> Result<Fence, JobsError> {
        self.step(format!("{item} renew {lease:?} {progress}"))
    }

    /// Places are written down apart.
    fn set_place(&self, _: &FakeItem, place: u64) -> Result<Fence, JobsError> {
        self.places.borrow_mut().push(place);
        Ok(Fence::Held)
    }

    fn stage(&self, blob: &str, _lifetime: Duration) -> Result<(), JobsError> {
        self.step(format!("stage {blob}")).map(drop)
    }

    fn forget_blob(&self, blob: &str) -> Result<(), JobsError> {
        self.step(format!("forget {blob}")).map(drop)
    }
}

/// Work whose outcome a function decides.
pub struct FakeWork<F> {
    pub attempt: F,
    pub attempts: Cell<u32>,
    pub after: Cell<u32>,
}

impl<F> FakeWork<F> {
    pub fn new(attempt: F) -> Self {
        Self {
            attempt,
            attempts: Cell::new(0),
            after: Cell::new(0),
        }
    }
}

impl<F: Fn(&FakeItem) -> Outcome<u8>> Work for FakeWork<F> {
    type Item = FakeItem;
    type Product = u8;

    fn attempt(&self, item: &FakeItem) -> Outcome<u8> {
        self.attempts.set(self.attempts.get() + 1);
        (self.attempt)(item)
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        let code = last.map_or("trapped", |last| &last.code);
        Failure::new(format!("gave_up_{code}"), "No more attempts.")
    }

    fn after_item(&self) {
        self.after.set(self.after.get() + 1);
    }
}

/// Drains the queue with at most three attempts per item.
pub fn drain<F: Fn(&FakeItem) -> Outcome<u8>>(
    queue: &FakeQueue,
    work: &FakeWork<F>,
) -> Result<(), JobsError> {
    let clock = FakeClock::default();
    let worker = Worker {
        queue,
        work,
        clock: &clock,
        max_attempts: 3,
    };
    worker.drain()
}
