//! The queues of conversions and emails on a real Redis.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{BlobName, Writer, collect_garbage};
use tonearm_jobs::{
    Accepted, Damage, Failure, JobId, Jobs, MailState, Mp3, NewJob, Queue as Name, Retention,
    SegmentFence, State, Uploader,
};
use tonearm_options::Options;
use tonearm_test_tools::redis_server::{Connection, RedisServer};
use tonearm_test_tools::require_redis;
use tonearm_worker::{
    AttemptError, ConversionItem, Conversions, EmailItem, Emails, KeepFiles, Outcome, Queue,
    QueueClient, Retry, SystemClock, Work, Worker,
};

pub const LEASE: Duration = Duration::from_secs(60);
pub const KEEP: KeepFiles = KeepFiles {
    retention: Retention {
        video: Duration::ZERO,
        mp3: None,
    },
    failed_video: LEASE,
};

pub fn accept(jobs: &Jobs<Connection>) -> JobId {
    let [id] = accept_upload(jobs);
    id
}

/// Accepts an upload of several files.
fn accept_upload<const N: usize>(jobs: &Jobs<Connection>) -> [JobId; N] {
    let ids: [JobId; N] = std::array::from_fn(|_| JobId::generate());
    let files = ids.map(|id| NewJob {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        bytes: 1000,
        blob: format!("video/{id}"),
        options: Options::default(),
    });
    let uploader = Uploader {
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        notify: true,
        is_confirmed: true,
        traceparent: String::new(),
    };
    jobs.stage(&files.each_ref().map(|file| &*file.blob), LEASE)
        .unwrap();
    assert_eq!(jobs.accept(&uploader, &files, 9).unwrap(), Accepted::All);
    ids
}

pub fn client(server: &Rc<RedisServer>) -> QueueClient<Connection> {
    let server = Rc::clone(server);
    let clock = Rc::new(SystemClock::default());
    QueueClient::open(move || Ok(server.connect()), clock).unwrap()
}

pub fn mp3(blob: String) -> Mp3 {
    Mp3 {
        blob,
        bytes: 9,
        duration: Duration::from_secs(1),
        damage: Damage::default(),
        tracks: Vec::new(),
        track_warnings: Vec::new(),
    }
}

/// Converts whole files, or splits them into two segments.
struct Converter<'c> {
    client: &'c QueueClient<Connection>,
    splits: bool,
    order: RefCell<Vec<String>>,
    failure: Option<Retry>,
}

impl Work for Converter<'_> {
    type Item = ConversionItem;
    type Product = Mp3;

    fn attempt(&self, item: &ConversionItem) -> Outcome<Mp3> {
        self.order.borrow_mut().push(item.to_string());
        if let Some(retry) = self.failure {
            return Outcome::Failed(AttemptError {
                failure: Failure::new("x", "X."),
                detail: "why".to_owned(),
                retry,
                tracks: Vec::new(),
            });
        }
        let blob = item.output_blob();
        let stage = |jobs: &Jobs<Connection>| jobs.stage(&[&blob], LEASE);
        self.client.call(stage).unwrap();
        let recorded = |note: &str| Outcome::Recorded { note: note.into() };
        match item {
            ConversionItem::Whole(claim) if self.splits => {
                let specs = ["first".to_owned(), "second".to_owned()];
                let split = self.client.call(|jobs| jobs.split(claim, "", &specs));
                assert_eq!(split.unwrap(), tonearm_jobs::Fence::Held);
                recorded("split")
            }
            ConversionItem::Segment(claim) => {
                let part = self
                    .client
                    .call(|jobs| jobs.segment_done(claim, &blob, "part"));
                match part.unwrap() {
                    SegmentFence::Held => recorded("part stored"),
                    SegmentFence::Lost => Outcome::Lost,
                    SegmentFence::Last => {
                        let joined = item.output_blob();
                        let stage = |jobs: &Jobs<Connection>| jobs.stage(&[&joined], LEASE);
                        self.client.call(stage).unwrap();
                        done(mp3(joined))
                    }
                }
            }
            ConversionItem::Whole(_) => done(mp3(blob)),
        }
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        let cause = last.map_or("No attempt reported an error.", |last| &last.message);
        Failure::new("gave_up", cause)
    }
}

fn done<P>(product: P) -> Outcome<P> {
    Outcome::Done {
        product,
        note: String::new(),
    }
}

fn converter(client: &QueueClient<Connection>) -> Converter<'_> {
    Converter {
        client,
        splits: false,
        order: RefCell::default(),
        failure: None,
    }
}

fn drain(client: &QueueClient<Connection>, work: &Converter<'_>, lease: Duration) {
    let queue = Conversions::new(client, "converter-1".to_owned(), lease, KEEP);
    let worker = Worker {
        queue: &queue,
        work,
        clock: client.clock(),
        max_attempts: 2,
    };
    worker.drain().unwrap();
}

#[test]
fn whole_files_and_segments_take_turns() {
    let server = Rc::new(require_redis!());
    let (client, jobs) = (client(&server), Jobs::new(server.connect()));
    let ids = [accept(&jobs), accept(&jobs), accept(&jobs)];
    let mut work = converter(&client);
    work.splits = true;
    drain(&client, &work, LEASE);
    let [a, b, c] = ids;
    let expected = [
        format!("{a}"),
        format!("{a} segment 1/2"),
        format!("{b}"),
        format!("{a} segment 2/2"),
        format!("{c}"),
        format!("{b} segment 1/2"),
        format!("{b} segment 2/2"),
        format!("{c} segment 1/2"),
        format!("{c} segment 2/2"),
    ];
    assert_eq!(*work.order.borrow(), expected);
    for id in ids {
        let job = jobs.get(id, "u1").unwrap().unwrap();
        assert_eq!((job.state, job.progress), (State::Done, 1.0));
        assert_eq!(jobs.attempts(id).unwrap()[0].worker, "converter-1");
    }
}

#[test]
fn a_conversion_that_is_given_up_is_a_dead_letter_and_one_that_fails_permanently_is_not() {
    let server = Rc::new(require_redis!());
    let (client, jobs) = (client(&server), Jobs::new(server.connect()));
    for (retry, code, letters) in [(Retry::Never, "x", 0), (Retry::LATER, "gave_up", 1)] {
        let id = accept(&jobs);
        let mut work = converter(&client);
        work.failure = Some(retry);
        for _ in 0..2 {
            drain(&client, &work, LEASE);
            server.connect().expire_all("tonearm:queue:video:leases");
        }
        let job = jobs.get(id, "u1").unwrap().unwrap();
        assert_eq!(job.state, State::Failed);
        assert_eq!(job.error.unwrap().code, code);
        let dead = jobs.dead_letters(Name::Convert, None, 9).unwrap();
        assert_eq!(dead.len(), letters);
    }
}

#[test]
fn attempts_that_ended_in_a_trap_count() {
    let server = Rc::new(require_redis!());
    let (client, jobs) = (client(&server), Jobs::new(server.connect()));
    let id = accept(&jobs);
    for _ in 0..2 {
        // A worker that traps leaves a lease that expires.
        jobs.claim(Name::Convert, "trapped", Duration::ZERO)
            .unwrap();
    }
    let work = converter(&client);
    drain(&client, &work, LEASE);
    assert!(work.order.borrow().is_empty(), "no third attempt");
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!(
        job.error,
        Some(Failure::new("gave_up", "No attempt reported an error."))
    );
}

/// Sends every email, or none.
struct Notifier(Option<Retry>);

impl Work for Notifier {
    type Item = EmailItem;
    type Product = ();

    fn attempt(&self, item: &EmailItem) -> Outcome<()> {
        assert_eq!((item.to(), item.is_confirmed()), ("ada@example.org", true));
        match self.0 {
            None => done(()),
            Some(retry) => Outcome::Failed(AttemptError {
                failure: Failure::new("y", "Y."),
                detail: "why".to_owned(),
                retry,
                tracks: Vec::new(),
            }),
        }
    }

    fn gave_up(&self, _: Option<&Failure>) -> Failure {
        Failure::new("gave_up", "No.")
    }
}

#[test]
fn emails_are_sent_retried_or_given_up() {
    let server = Rc::new(require_redis!());
    let (client, jobs) = (client(&server), Jobs::new(server.connect()));
    for (retry, state, code) in [
        (None, MailState::Sent, None),
        (Some(Retry::Never), MailState::Failed, Some("y")),
        (Some(Retry::LATER), MailState::Pending, Some("y")),
    ] {
        let id = accept(&jobs);
        drain(&client, &converter(&client), LEASE);
        let queue = Emails::new(&client, "notifier-1".to_owned(), LEASE);
        let work = Notifier(retry);
        let worker = Worker {
            queue: &queue,
            work: &work,
            clock: client.clock(),
            max_attempts: 2,
        };
        worker.drain().unwrap();
        assert_eq!(queue.claim().unwrap(), None);
        let job = jobs.get(id, "u1").unwrap().unwrap();
        assert_eq!((job.state, job.mail), (State::Done, Some(state)));
        assert_eq!(job.mail_error.map(|error| error.code).as_deref(), code);
    }
}

#[test]
fn the_email_about_an_upload_has_its_jobs_in_the_order_of_the_upload() {
    let server = Rc::new(require_redis!());
    let (client, jobs) = (client(&server), Jobs::new(server.connect()));
    let ids: [_; 3] = accept_upload(&jobs);
    drain(&client, &converter(&client), LEASE);
    let queue = Emails::new(&client, "notifier-1".to_owned(), LEASE);
    let email = queue.claim().unwrap().unwrap();
    let about: Vec<_> = email.jobs().iter().map(|job| job.id).collect();
    assert_eq!(about, ids);
    assert_eq!(email.upload(), Some(ids[0]));
    assert!(about.contains(&email.job().id));
    assert_eq!(email.to_string(), format!("{} email", email.job().id));
    assert!(email.jobs().iter().all(|job| job.state == State::Done));
    let done = queue.done(&email, &()).unwrap();
    assert_eq!(done, tonearm_jobs::Fence::Held);
    assert_eq!(queue.claim().unwrap(), None);
    for id in ids {
        let job = jobs.get(id, "u1").unwrap().unwrap();
        assert_eq!((job.mail, job.mail_attempt), (Some(MailState::Sent), 1));
    }
}

#[test]
fn garbage_collection_deletes_expired_blobs_alone() {
    let server = require_redis!();
    let (jobs, store) = (Jobs::new(server.connect()), MemoryStore::default());
    for (blob, lifetime) in [("mp3/expired", Duration::ZERO), ("mp3/staged", LEASE)] {
        jobs.stage(&[blob], lifetime).unwrap();
        let mut writer = Writer::new(&store, BlobName::new(blob).unwrap(), 4);
        writer.write(b"twelve bytes").unwrap();
        writer.finish("audio/mpeg").unwrap();
    }
    collect_garbage(&store, jobs.expired_blobs(9), |blob| jobs.forget_blob(blob));
    assert!(
        store
            .keys()
            .iter()
            .all(|key| key.starts_with("blob:mp3/staged"))
    );
    assert!(!store.keys().is_empty());
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}
