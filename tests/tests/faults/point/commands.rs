//! The queue's real commands and the worker's real log lines are recognized, so that a
//! renamed key or a reworded line fails here and not by faults that never come.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use tonearm_jobs::{
    Accepted, CreatedUpload, Damage, Fence, Finished, JobId, Jobs, Mp3, NewJob, NewUpload, Redis,
    Retention, SegmentFence, UploadCheckpoint, UploadClaim, Uploader,
};
use tonearm_test_tools::redis_server::{Connection, RedisServer};
use tonearm_test_tools::require_redis;
use tonearm_worker::{
    ConversionItem, Conversions, Emails, KeepFiles, Queue, QueueClient, SystemClock,
    attempt_started,
};

use super::{Point, in_log, in_monitor};

const LEASE: Duration = Duration::from_secs(60);
const END: &str = "end-of-the-test";

#[test]
fn every_command_of_the_queue_that_marks_a_point_is_recognized() {
    let server = Rc::new(require_redis!());
    let monitor = monitor(&server);
    let jobs = Jobs::new(server.connect());
    let client = client(&server);
    let keep = KeepFiles {
        retention: Retention::default(),
        failed_video: LEASE,
    };
    let queue = Conversions::new(&client, "converter-1".to_owned(), LEASE, keep);

    let id = accept(&jobs);
    let whole = queue.claim().unwrap().unwrap();
    assert_eq!(
        in_log(&logged(&whole)),
        Some((Point::Claimed, id.to_string()))
    );
    let ConversionItem::Whole(claim) = &whole else {
        panic!("{whole}")
    };
    assert_eq!(jobs.renew(claim, LEASE, 0.5).unwrap(), Fence::Held);
    let specs = ["one".to_owned()];
    assert_eq!(jobs.split(claim, "", &specs).unwrap(), Fence::Held);

    let segment = queue.claim().unwrap().unwrap();
    let seen = in_log(&logged(&segment));
    assert_eq!(seen, Some((Point::SegmentClaimed, id.to_string())));
    let ConversionItem::Segment(claim) = &segment else {
        panic!("{segment}")
    };
    let (part, joined) = (segment.output_blob(), segment.output_blob());
    jobs.stage(&[&part, &joined], LEASE).unwrap();
    let stored = jobs.segment_done(claim, &part, "part").unwrap();
    assert_eq!(stored, SegmentFence::Last);
    let mp3 = Mp3 {
        blob: joined,
        bytes: 9,
        duration: Duration::from_secs(1),
        damage: Damage::default(),
        tracks: Vec::new(),
        track_warnings: Vec::new(),
    };
    assert_eq!(queue.done(&segment, &mp3).unwrap(), Fence::Held);

    let emails = Emails::new(&client, "notifier-1".to_owned(), LEASE);
    let email = emails.claim().unwrap().unwrap();
    let seen = in_log(&format!("T  INFO notifier {}", attempt_started(&email)));
    assert_eq!(seen, Some((Point::MailClaimed, id.to_string())));
    assert_eq!(emails.done(&email, &()).unwrap(), Fence::Held);

    let seen = points(&server, monitor, id);
    let expected = [
        // Also at the end of the conversion, which the monitor ignores.
        (Point::UploadStaged, 2),
        (Point::Accepted, 1),
        // The output of the segment, and that of joining.
        (Point::Mp3Staged, 2),
        (Point::Progress, 2),
        (Point::Split, 1),
        (Point::PartStored, 1),
        (Point::Ended, 1),
        (Point::MailSent, 1),
    ];
    assert_eq!(seen, BTreeMap::from(expected));
}

#[test]
fn every_command_of_a_resumable_upload_that_marks_a_point_is_recognized() {
    let server = Rc::new(require_redis!());
    let monitor = monitor(&server);
    let jobs = Jobs::new(server.connect());
    let id = JobId::generate();
    let upload = NewUpload {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        options: tonearm_options::Options::default(),
        metadata: String::new(),
        batch: None,
        length: 9,
        is_partial: false,
    };
    let created = jobs.create_upload(&uploader(), &upload, 9, LEASE).unwrap();
    assert!(matches!(created, CreatedUpload::Until(_)), "{created:?}");
    let claim = jobs.claim_upload(id, "u1", 0, LEASE, LEASE).unwrap();
    let UploadClaim::Claimed(claimed) = claim else {
        panic!("{claim:?}")
    };
    let checkpoint = UploadCheckpoint {
        offset: 5,
        piece: 0,
        stored: "{}".to_owned(),
        writer: "{}".to_owned(),
    };
    let fence = claimed.fence();
    let kept = jobs.checkpoint_upload(fence, &checkpoint, Some(LEASE), LEASE);
    assert!(kept.unwrap().is_some());
    let blob = format!("video/{id}");
    let finished = jobs.finish_upload(fence, &blob, &[], LEASE).unwrap();
    assert_eq!(finished, Finished::Done);
    let seen = points(&server, monitor, id);
    let of_uploads = [Point::UploadStaged, Point::Checkpointed, Point::Accepted];
    assert!(
        of_uploads.iter().all(|point| seen.contains_key(point)),
        "{seen:?}"
    );
    assert_eq!(seen[&Point::Checkpointed], 1);
    assert_eq!(seen[&Point::Accepted], 1);
}

/// The points of the job `id` since the monitor began, and how often each was seen.
fn points(server: &RedisServer, monitor: BufReader<UnixStream>, id: JobId) -> BTreeMap<Point, i32> {
    server.connect().run("SET", &[END, "1"]).unwrap();
    let mut seen = BTreeMap::new();
    for line in monitor.lines().map_while(Result::ok) {
        if line.contains(END) {
            break;
        }
        if let Some((point, of)) = in_monitor(&line) {
            assert_eq!(of, id.to_string(), "{line}");
            *seen.entry(point).or_insert(0) += 1;
        }
    }
    seen
}

/// As the host prints it.
fn logged(item: &ConversionItem) -> String {
    format!("T  INFO converter {}", attempt_started(item))
}

fn monitor(server: &RedisServer) -> BufReader<UnixStream> {
    // Once it serves.
    server.connect();
    let mut stream = UnixStream::connect(server.socket()).unwrap();
    stream.write_all(b"MONITOR\r\n").unwrap();
    let mut lines = BufReader::new(stream);
    let mut ok = String::new();
    lines.read_line(&mut ok).unwrap();
    assert_eq!(ok, "+OK\r\n");
    lines
}

fn client(server: &Rc<RedisServer>) -> QueueClient<Connection> {
    let server = Rc::clone(server);
    let clock = Rc::new(SystemClock::default());
    QueueClient::open(move || Ok(server.connect()), clock).unwrap()
}

fn accept(jobs: &Jobs<Connection>) -> JobId {
    let id = JobId::generate();
    let file = NewJob {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        bytes: 1000,
        blob: format!("video/{id}"),
        options: tonearm_options::Options::default(),
    };
    jobs.stage(&[&file.blob], LEASE).unwrap();
    assert_eq!(jobs.accept(&uploader(), &[file], 9).unwrap(), Accepted::All);
    id
}

fn uploader() -> Uploader {
    Uploader {
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        notify: true,
        is_confirmed: true,
        traceparent: String::new(),
    }
}
