//! Jobs as they are read back.

use std::time::Duration;

use crate::redis::{LEASE, accept, claim, connect, file, mp3, uploader};
use tonearm_jobs::{
    Accepted, AudioTrack, Damage, Failure, Fence, Job, MailState, Mp3, Queue, Redis, Retention,
    State,
};
use tonearm_options::Options;
use tonearm_test_tools::require_redis;

#[test]
fn a_job_shows_each_state_that_it_passes() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let read = |id| -> Job { jobs.get(id, "u1").unwrap().unwrap() };
    let summary = |job: &Job| (job.state, job.progress, job.attempt, job.mail);
    let queued = read(id);
    assert_eq!(summary(&queued), (State::Queued, 0.0, 0, None));
    assert_eq!((queued.name.as_str(), queued.bytes), ("talk.mp4", 1000));
    assert_eq!((queued.mp3, queued.error), (None, None));
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(jobs.renew(&claimed, LEASE, 0.5).unwrap(), Fence::Held);
    assert_eq!(summary(&read(id)), (State::Converting, 0.5, 1, None));
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&claimed, &mp3, Retention::default())
            .unwrap(),
        Fence::Held
    );
    let done = read(id);
    let pending = Some(MailState::Pending);
    assert_eq!(summary(&done), (State::Done, 1.0, 1, pending));
    assert_eq!((done.mp3, done.error), (Some(mp3), None));

    let id = accept(&jobs, 1)[0].id;
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    assert_eq!(
        jobs.failed(&claimed, &failure, &[], None).unwrap(),
        Fence::Held
    );
    let failed = read(id);
    assert_eq!(summary(&failed), (State::Failed, 0.0, 1, pending));
    assert_eq!((failed.mp3, failed.error), (None, Some(failure)));
}

#[test]
fn a_failed_job_has_the_tracks_of_its_upload() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("no_such_track", "There is no such track.");
    let tracks = [AudioTrack {
        number: 1,
        codec: "AAC".to_owned(),
        title: Some("\"Über\" mich".to_owned()),
        ..AudioTrack::default()
    }];
    let kept = jobs.failed(&claimed, &failure, &tracks, None).unwrap();
    assert_eq!(kept, Fence::Held);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.tracks()), (State::Failed, &tracks[..]));
}

#[test]
fn defects_and_tracks_of_the_upload_are_recorded() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let damage = Damage {
        is_cut_off: true,
        silent_packets: 2,
        silent: Duration::from_millis(43),
        gaps: Duration::from_millis(1500),
    };
    let track = |number| AudioTrack {
        number,
        codec: "AAC".to_owned(),
        language: Some("deu".to_owned()),
        title: Some("\"Über\" mich".to_owned()),
        channels: Some(2),
        taken: number == 1,
    };
    let mp3 = Mp3 {
        damage,
        tracks: vec![track(1), track(2), AudioTrack::default()],
        track_warnings: vec![Failure::new("track_silent", "Track 1 is silent.")],
        ..mp3("mp3/a")
    };
    let kept = jobs
        .converted(&claimed, &mp3, Retention::default())
        .unwrap();
    assert_eq!(kept, Fence::Held);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!(job.mp3.as_ref(), Some(&mp3));
    assert_eq!(job.tracks(), mp3.tracks);
    let codes: Vec<_> = mp3.warnings().into_iter().map(|one| one.code).collect();
    let expected = [
        "source_cut_off",
        "source_damaged",
        "source_gaps",
        "track_silent",
    ];
    assert_eq!(codes, expected);

    // A record of an earlier version has neither list.
    let key = format!("tonearm:job:{id}");
    let redis = server.connect();
    redis
        .run("HDEL", &[&key, "tracks", "track_warnings"])
        .unwrap();
    let earlier = jobs.get(id, "u1").unwrap().unwrap().mp3.unwrap();
    assert_eq!((earlier.tracks, earlier.track_warnings), (vec![], vec![]));
    assert_eq!(earlier.damage, damage);
}

#[test]
fn a_job_keeps_its_options_and_one_without_any_has_the_plain_ones() {
    let server = require_redis!();
    let jobs = connect(&server);
    let given = Options {
        mono: true,
        reencode: true,
        ..Options::default()
    };
    let mut new = file();
    new.options = given.clone();
    jobs.stage(&[&new.blob], LEASE).unwrap();
    let accepted = jobs.accept(&uploader(), &[new.clone()], 9).unwrap();
    assert_eq!(accepted, Accepted::All);
    let look = || jobs.get(new.id, "u1").unwrap().unwrap().options;
    assert_eq!(look(), given);
    assert_eq!(claim(&jobs, Queue::Convert, LEASE).job.options, given);
    let key = format!("tonearm:job:{}", new.id);
    let redis = server.connect();
    redis.run("HDEL", &[&key, "options"]).unwrap();
    assert_eq!(look(), Options::default());
    let wrong = [&key, "options", r#"{"quality":99}"#];
    redis.run("HSET", &wrong).unwrap();
    assert!(jobs.get(new.id, "u1").is_err());
}
