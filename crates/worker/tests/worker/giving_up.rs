//! What the worker records after an attempt.

use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure};
use tonearm_worker::{AttemptError, Item, Outcome, Retry, attempt_started};

use crate::fakes::{FakeItem, FakeQueue, FakeWork, drain, item};

fn done(_: &FakeItem) -> Outcome<u8> {
    Outcome::Done {
        product: 7,
        note: String::new(),
    }
}

fn failing(retry: Retry) -> impl Fn(&FakeItem) -> Outcome<u8> {
    move |_| {
        Outcome::Failed(AttemptError {
            failure: Failure::new("x", "X."),
            detail: "why".to_owned(),
            retry,
            tracks: vec![AudioTrack::default()],
        })
    }
}

#[test]
fn every_due_item_is_worked_on_in_order() {
    let queue = FakeQueue::of(&[item("a", 1), item("b", 2)]);
    let work = FakeWork::new(done);
    drain(&queue, &work).unwrap();
    assert_eq!(queue.steps(), ["a done 7", "b done 7"]);
    assert_eq!(work.after.get(), 2);
}

#[test]
fn a_permanent_failure_ends_the_item_at_the_first_attempt() {
    let queue = FakeQueue::of(&[item("a", 1)]);
    drain(&queue, &FakeWork::new(failing(Retry::Never))).unwrap();
    assert_eq!(queue.steps(), ["a failed x Permanent tracks=1"]);
}

#[test]
fn a_transient_failure_is_retried_with_growing_pauses_and_then_given_up() {
    let queue = FakeQueue::of(&[item("a", 1), item("a", 2), item("a", 3)]);
    drain(&queue, &FakeWork::new(failing(Retry::LATER))).unwrap();
    assert_eq!(
        queue.steps(),
        [
            "a retry x in 2s",
            "a retry x in 4s",
            "a failed gave_up_x GaveUp tracks=1"
        ]
    );
}

#[test]
fn a_requested_pause_is_kept() {
    let queue = FakeQueue::of(&[item("a", 1)]);
    let hour = Duration::from_secs(3600);
    drain(&queue, &FakeWork::new(failing(Retry::NotBefore(hour)))).unwrap();
    assert_eq!(queue.steps(), ["a retry x in 3600s"]);
}

#[test]
fn attempts_are_counted_from_the_last_requeue() {
    let requeued = FakeItem {
        name: "a",
        attempt: 9,
        since_queued: 1,
        deaths: 0,
    };
    let queue = FakeQueue::of(&[requeued]);
    drain(&queue, &FakeWork::new(failing(Retry::LATER))).unwrap();
    assert_eq!(queue.steps(), ["a retry x in 2s"]);
}

#[test]
fn an_item_whose_attempts_all_ended_in_a_trap_is_given_up_without_another() {
    let queue = FakeQueue::of(&[item("a", 4)]);
    let work = FakeWork::new(done);
    drain(&queue, &work).unwrap();
    assert_eq!(work.attempts.get(), 0);
    assert_eq!(queue.steps(), ["a failed gave_up_trapped GaveUp"]);
}

#[test]
fn an_item_that_ended_two_attempts_at_one_place_is_given_up_without_another() {
    for (deaths, attempts) in [(1, 1), (2, 0)] {
        let item = FakeItem {
            deaths,
            ..item("a", 3)
        };
        let queue = FakeQueue::of(&[item]);
        let work = FakeWork::new(done);
        drain(&queue, &work).unwrap();
        assert_eq!(work.attempts.get(), attempts);
        let is_given_up = queue.steps() == ["a failed gave_up_trapped GaveUp"];
        assert_eq!(is_given_up, deaths == 2, "{:?}", queue.steps());
    }
}

#[test]
fn a_claim_lost_during_the_attempt_records_nothing() {
    let queue = FakeQueue::of(&[item("a", 1), item("b", 1)]);
    let work = FakeWork::new(|item: &FakeItem| match item.name {
        "a" => Outcome::Lost,
        _ => done(item),
    });
    drain(&queue, &work).unwrap();
    assert_eq!(queue.steps(), ["b done 7"]);
}

#[test]
fn a_claim_found_lost_at_the_end_delays_no_other_item() {
    let queue = FakeQueue::of(&[item("a", 1), item("b", 1)]);
    queue.is_lost.set(true);
    drain(&queue, &FakeWork::new(done)).unwrap();
    assert_eq!(queue.steps(), ["a done 7", "b done 7"]);
}

#[test]
fn an_attempt_that_recorded_its_result_itself_records_nothing_more() {
    let queue = FakeQueue::of(&[item("a", 1)]);
    let note = "split segments=3".to_owned();
    let work = FakeWork::new(move |_: &FakeItem| Outcome::Recorded { note: note.clone() });
    drain(&queue, &work).unwrap();
    assert_eq!(queue.steps(), Vec::<String>::new());
}

#[test]
fn an_outcome_that_cannot_be_recorded_delays_no_other_item() {
    let queue = FakeQueue::of(&[item("a", 1), item("b", 1)]);
    queue.is_away.set(true);
    let work = FakeWork::new(done);
    drain(&queue, &work).unwrap();
    assert_eq!(queue.steps(), ["a done 7", "b done 7"]);
    assert_eq!(work.after.get(), 2);
}

#[test]
fn the_log_line_of_an_attempt_has_its_number_and_its_trace() {
    let started = item("a", 2);
    assert_eq!(started.attempt(), 2);
    assert_eq!(
        attempt_started(&started),
        "a: attempt=2 started traceparent=-"
    );
}
