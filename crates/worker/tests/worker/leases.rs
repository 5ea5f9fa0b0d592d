//! Keeping the claim while the work goes on.

use std::ops::ControlFlow;
use std::time::Duration;

use tonearm_worker::{LeaseKeeper, Stopped};

use crate::fakes::{FakeClock, FakeItem, FakeQueue, item};

const LEASE: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(600);
const ITEM: FakeItem = FakeItem {
    name: "a",
    attempt: 1,
    since_queued: 1,
    deaths: 0,
};

fn keeper<'k>(queue: &'k FakeQueue, clock: &'k FakeClock) -> LeaseKeeper<'k, FakeQueue> {
    LeaseKeeper::start(queue, clock, &ITEM, "mp3/a", LEASE, LONGEST).unwrap()
}

#[test]
fn the_lease_is_renewed_once_a_second_while_the_work_progresses() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let mut keeper = keeper(&queue, &clock);
    for step in 1..=20u8 {
        clock.advance(Duration::from_millis(100));
        let progress = f32::from(step) / 20.0;
        assert_eq!(keeper.on_progress(progress), ControlFlow::Continue(()));
    }
    assert_eq!(
        queue.steps(),
        [
            "stage mp3/a",
            "a renew 60s 0.5",
            "stage mp3/a",
            "a renew 60s 1",
            "stage mp3/a"
        ]
    );
    assert_eq!(keeper.stopped(), None);
}

#[test]
fn a_short_lease_is_renewed_several_times_before_it_expires() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let item = item("a", 1);
    let lease = Duration::from_secs(2);
    let keeper = LeaseKeeper::start(&queue, &clock, &item, "mp3/a", lease, LONGEST);
    let mut keeper = keeper.unwrap();
    clock.advance(lease / 4);
    assert_eq!(keeper.on_progress(0.5), ControlFlow::Continue(()));
    assert_eq!(queue.steps()[1], "a renew 2s 0.5");
}

#[test]
fn a_lost_claim_stops_the_work() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let mut keeper = keeper(&queue, &clock);
    queue.is_lost.set(true);
    clock.advance(Duration::from_secs(1));
    assert_eq!(keeper.on_progress(0.5), ControlFlow::Break(()));
    assert_eq!(keeper.stopped(), Some(Stopped::Lost));
    assert_eq!(queue.steps().last().unwrap(), "a renew 60s 0.5");
}

#[test]
fn work_beyond_its_deadline_is_stopped() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let mut keeper = keeper(&queue, &clock);
    clock.advance(LONGEST);
    assert_eq!(keeper.on_progress(0.5), ControlFlow::Continue(()));
    clock.advance(Duration::from_millis(1));
    assert_eq!(keeper.on_progress(0.5), ControlFlow::Break(()));
    assert_eq!(keeper.stopped(), Some(Stopped::TooLong));
}

#[test]
fn work_goes_on_while_redis_is_away() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let mut keeper = keeper(&queue, &clock);
    queue.is_away.set(true);
    clock.advance(Duration::from_secs(1));
    assert_eq!(keeper.on_progress(0.5), ControlFlow::Continue(()));
    assert_eq!(keeper.stopped(), None);
}

#[test]
fn places_are_recorded_by_the_number_of_steps_alone() {
    let (queue, clock) = (FakeQueue::default(), FakeClock::default());
    let mut keeper = keeper(&queue, &clock);
    for _ in 0..200 {
        assert_eq!(keeper.on_progress(0.0), ControlFlow::Continue(()));
    }
    assert_eq!(
        *queue.places.borrow(),
        [0, 1, 2, 4, 8, 16, 32, 64, 128, 192]
    );
}
