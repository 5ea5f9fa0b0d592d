//! The blob that an attempt writes.

use std::time::Duration;

use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{BlobName, Reader, Writer};
use tonearm_jobs::JobsError;
use tonearm_worker::{LeaseKeeper, Limits, Stopped, with_output_blob};

use crate::fakes::{FakeClock, FakeQueue, item};

const LIMITS: Limits = Limits {
    lease: Duration::from_secs(60),
    longest: Duration::from_secs(600),
    chunk_bytes: 4,
};

#[derive(Debug, PartialEq)]
enum Error {
    Work,
    Queue(String),
    Stopped(Stopped),
}

impl From<JobsError> for Error {
    fn from(error: JobsError) -> Self {
        Self::Queue(error.to_string())
    }
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

/// Runs an attempt that writes the blob `mp3/a`.
fn run(
    queue: &FakeQueue,
    clock: &FakeClock,
    store: &MemoryStore,
    attempt: impl FnOnce(Writer<&MemoryStore>, &mut LeaseKeeper<'_, FakeQueue>) -> Result<(), Error>,
) -> Result<(), Error> {
    let name = BlobName::new("mp3/a").unwrap();
    with_output_blob(queue, store, clock, &item("a", 1), &name, LIMITS, attempt)
}

#[test]
fn a_blob_is_staged_before_its_first_chunk_and_kept_on_success() {
    let (queue, clock, store) = (
        FakeQueue::default(),
        FakeClock::default(),
        MemoryStore::default(),
    );
    let result = run(&queue, &clock, &store, |mut writer, keeper| {
        assert_eq!(queue.steps(), ["stage mp3/a"]);
        assert_eq!(keeper.blob(), "mp3/a");
        writer.write(b"twelve bytes").unwrap();
        writer.finish("audio/mpeg").unwrap();
        Ok(())
    });
    assert_eq!(result, Ok(()));
    let name = BlobName::new("mp3/a").unwrap();
    assert!(Reader::open(&store, name).unwrap().is_some());
    assert_eq!(queue.steps(), ["stage mp3/a"]);
}

#[test]
fn a_failed_attempt_leaves_no_chunk() {
    let (queue, clock, store) = (
        FakeQueue::default(),
        FakeClock::default(),
        MemoryStore::default(),
    );
    let result = run(&queue, &clock, &store, |mut writer, _| {
        writer.write(b"twelve bytes").unwrap();
        assert!(!store.keys().is_empty());
        Err(Error::Work)
    });
    assert_eq!(result, Err(Error::Work));
    assert_eq!(store.keys(), Vec::<String>::new());
    assert_eq!(queue.steps(), ["stage mp3/a", "forget mp3/a"]);
}

#[test]
fn an_attempt_that_was_stopped_fails_with_the_reason() {
    for (stopped, is_lost, time) in [
        (Stopped::Lost, true, Duration::from_secs(1)),
        (Stopped::TooLong, false, Duration::from_secs(601)),
    ] {
        let (queue, clock, store) = (
            FakeQueue::default(),
            FakeClock::default(),
            MemoryStore::default(),
        );
        let result = run(&queue, &clock, &store, |mut writer, keeper| {
            writer.write(b"twelve bytes").unwrap();
            queue.is_lost.set(is_lost);
            clock.advance(time);
            assert!(keeper.on_progress(0.5).is_break());
            Err(Error::Work)
        });
        assert_eq!(result, Err(Error::Stopped(stopped)));
        assert_eq!(store.keys(), Vec::<String>::new());
    }
}

#[test]
fn nothing_is_written_where_the_blob_cannot_be_staged() {
    let (queue, clock, store) = (
        FakeQueue::default(),
        FakeClock::default(),
        MemoryStore::default(),
    );
    queue.is_away.set(true);
    let result = run(&queue, &clock, &store, |_, _| panic!("not called"));
    assert!(matches!(result, Err(Error::Queue(_))), "{result:?}");
}
