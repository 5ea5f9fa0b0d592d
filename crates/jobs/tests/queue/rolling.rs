//! Gateways, converters and notifiers of the release before work beside those of this one,
//! in either direction: each runs its own scripts on the same keys.

use crate::again::{again, done};
use crate::redis::{Connection, LEASE, RedisServer, connect, file, uploader};
use crate::uploads::{about, claim_mail, convert, convert_next, get, send, upload};
use tonearm_jobs::{Again, Changes, JobId, Jobs, MailState, Queue, Redis, State, Value};
use tonearm_test_tools::require_redis;

/// The scripts of the release before, which knows no uploads.
macro_rules! previous {
    ($name:literal) => {
        concat!(
            include_str!("previous_release/prelude.lua"),
            "\n",
            include_str!(concat!("previous_release/", $name, ".lua"))
        )
    };
}

/// A service of the release before.
struct Previous(Connection);

impl Previous {
    fn new(server: &RedisServer) -> Self {
        Self(server.connect())
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Vec<Value> {
        let all = [&[script, "0"], arguments].concat();
        self.0.run("EVAL", &all).unwrap()
    }

    /// Claims an entry and returns the id of its job, the entry and the attempt.
    fn claim(&self, kind: &str) -> Option<(JobId, [String; 2])> {
        let reply = self.run(previous!("claim"), &[kind, "worker", "60000"]);
        let texts: Vec<_> = reply.iter().map(Value::text).collect();
        let entry = texts.first()?.clone()?;
        let attempt = reply[1].int().unwrap().to_string();
        let at = texts.iter().position(|text| text.as_deref() == Some("id"));
        let id = JobId::parse(texts[at.unwrap() + 1].as_ref().unwrap());
        Some((id.unwrap(), [entry, attempt]))
    }

    fn convert_next(&self, jobs: &Jobs<Connection>) -> JobId {
        let (id, [entry, attempt]) = self.claim("convert").unwrap();
        let blob = format!("mp3/{id}");
        jobs.stage(&[&blob], LEASE).unwrap();
        let id_text = id.to_string();
        let mp3 = [
            &*blob, "9", "1500", "0", "0", "0", "0", "0", "0", "[]", "[]",
        ];
        let arguments = [&[&*id_text, &entry, "", &attempt], &mp3[..]].concat();
        let reply = self.run(previous!("converted"), &arguments);
        assert_eq!(reply, [Value::Int(1)]);
        id
    }

    /// Sends the next email, which is about one job.
    fn mail_next(&self) -> Option<JobId> {
        let (id, [entry, attempt]) = self.claim("mail")?;
        let arguments = [&*id.to_string(), &entry, &attempt, "", ""];
        let reply = self.run(previous!("mailed"), &arguments);
        assert_eq!(reply, [Value::Int(1)]);
        Some(id)
    }

    fn delete(&self, id: JobId) {
        let reply = self.run(previous!("delete"), &[&id.to_string(), "u1"]);
        assert_eq!(reply, [Value::Int(1)]);
    }
}

/// As the passing of the time for which entries are held back.
fn held_entries_are_due(server: &RedisServer) {
    server.connect().expire_all("tonearm:queue:mp3:leases");
}

#[track_caller]
fn assert_all_mailed(server: &RedisServer, jobs: &Jobs<Connection>, ids: &[JobId]) {
    for id in ids {
        let job = get(jobs, *id);
        assert_eq!((job.state, job.mail), (State::Done, Some(MailState::Sent)));
    }
    let redis = server.connect();
    assert_eq!(redis.count("XLEN", "tonearm:queue:mp3"), 0);
    assert_eq!(redis.count("ZCARD", "tonearm:queue:mp3:leases"), 0);
}

#[test]
fn an_upload_that_the_release_before_accepted_gets_a_mail_per_file() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = [file(), file()];
    let uploader = uploader();
    let mut arguments = vec![&*uploader.owner, &*uploader.username, "9", ""];
    let ids = files.each_ref().map(|file| file.id.to_string());
    for (file, id) in files.iter().zip(&ids) {
        jobs.stage(&[&file.blob], LEASE).unwrap();
        arguments.extend([id, "talk.mp4", "video/mp4", "1000", &file.blob, "{}"]);
    }
    let previous = Previous::new(&server);
    let reply = previous.run(previous!("accept"), &arguments);
    assert_eq!(reply, [Value::Int(2)]);
    for file in &files {
        assert_eq!(convert_next(&jobs), file.id);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!((about(&mail), mail.upload), (vec![file.id], None));
        send(&jobs, &mail);
    }
    assert_all_mailed(&server, &jobs, &files.map(|file| file.id));
}

#[test]
fn a_converter_of_the_release_before_may_end_any_file_of_an_upload() {
    let server = require_redis!();
    let jobs = connect(&server);
    let previous = Previous::new(&server);
    for is_new in [[true, false], [false, true], [false, false]] {
        let ids = upload(&jobs, 2);
        for is_new in is_new {
            assert_eq!(claim_mail(&jobs), None);
            match is_new {
                true => convert_next(&jobs),
                false => previous.convert_next(&jobs),
            };
        }
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(about(&mail), ids);
        send(&jobs, &mail);
        assert_eq!(claim_mail(&jobs), None);
        assert_all_mailed(&server, &jobs, &ids);
    }
}

#[test]
fn a_notifier_of_the_release_before_mails_each_file_and_forgets_none() {
    let server = require_redis!();
    let jobs = connect(&server);
    let previous = Previous::new(&server);
    // It is alone, or takes over before or after the mail was claimed.
    for is_claimed in [None, Some(false), Some(true)] {
        let ids = upload(&jobs, 3);
        for _ in 0..3 {
            convert_next(&jobs);
            if is_claimed.is_some() && jobs.active("u1").unwrap() > 0 {
                assert_eq!(claim_mail(&jobs), None, "held back");
            }
        }
        if is_claimed == Some(true) {
            assert_eq!(about(&claim_mail(&jobs).unwrap()), ids);
        }
        held_entries_are_due(&server);
        let mut mailed: Vec<_> = std::iter::from_fn(|| previous.mail_next()).collect();
        mailed.sort();
        assert_eq!(mailed, ids);
        assert_all_mailed(&server, &jobs, &ids);
    }
}

#[test]
fn a_notifier_of_this_release_mails_what_one_of_the_release_before_left() {
    let server = require_redis!();
    let jobs = connect(&server);
    let previous = Previous::new(&server);
    let ids = upload(&jobs, 3);
    for _ in 0..3 {
        convert_next(&jobs);
    }
    let late = claim_mail(&jobs).unwrap();
    held_entries_are_due(&server);
    let alone = previous.mail_next().unwrap();
    held_entries_are_due(&server);
    let left: Vec<_> = ids.iter().copied().filter(|id| *id != alone).collect();
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (left, late.upload));
    send(&jobs, &mail);
    assert_all_mailed(&server, &jobs, &ids);
}

#[test]
fn a_gateway_of_the_release_before_may_delete_any_job_of_an_upload() {
    let server = require_redis!();
    let jobs = connect(&server);
    let previous = Previous::new(&server);
    // The last unfinished one, or the one that carries the mail.
    for is_ended in [false, true] {
        let ids = upload(&jobs, 3);
        convert_next(&jobs);
        convert_next(&jobs);
        assert_eq!(claim_mail(&jobs), None);
        let mut gone = ids[2];
        if is_ended {
            convert_next(&jobs);
            gone = claim_mail(&jobs).unwrap().claim.job.id;
        }
        previous.delete(gone);
        held_entries_are_due(&server);
        let left: Vec<_> = ids.into_iter().filter(|id| *id != gone).collect();
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(about(&mail), left);
        send(&jobs, &mail);
        assert_all_mailed(&server, &jobs, &left);
    }
}

#[test]
fn the_release_before_reads_jobs_whose_mail_is_skipped() {
    let server = require_redis!();
    let jobs = connect(&server);
    let mut uploader = uploader();
    uploader.notify = false;
    let file = file();
    jobs.stage(&[&file.blob], LEASE).unwrap();
    jobs.accept(&uploader, std::slice::from_ref(&file), 9)
        .unwrap();
    let claimed = crate::redis::claim(&jobs, Queue::Convert, LEASE);
    convert(&jobs, &claimed);
    let key = format!("tonearm:job:{}:mail", file.id);
    let state = server.connect().texts("HGET", &[&key, "state"]);
    assert_eq!(state, ["done"], "one of the states that it has");
    assert_eq!(Previous::new(&server).mail_next(), None);
}

#[test]
fn a_converter_of_the_release_before_ends_a_conversion_again_without_another_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, former) = done(&jobs);
    send(&jobs, &claim_mail(&jobs).unwrap());
    assert_eq!(again(&jobs, id), Again::Queued);
    assert_eq!(Previous::new(&server).convert_next(&jobs), id);
    assert_eq!(claim_mail(&jobs), None);
    assert_all_mailed(&server, &jobs, &[id]);
    let expires = server
        .connect()
        .texts("ZSCORE", &["tonearm:garbage", &former]);
    assert!(
        !expires[0].is_empty(),
        "the former MP3 is collected one day"
    );
}

/// It records no change where the newer release looks for it.
#[test]
fn what_the_previous_release_ends_is_a_change() {
    let server = require_redis!();
    let jobs = connect(&server);
    let previous = Previous::new(&server);
    let files = upload(&jobs, 1);
    let no_change_on_record = || {
        let touched = ["tonearm:owner:u1:touched"];
        server.connect().run("DEL", &touched).unwrap();
    };
    let changes = |before: &Changes, unfinished| {
        let changes = jobs.changes("u1", Some(before.now_ms), unfinished);
        let changes = changes.unwrap();
        assert_eq!(changes.jobs[0].id, files[0]);
        changes
    };
    let before = jobs.changes("u1", None, None).unwrap();
    previous.convert_next(&jobs);
    no_change_on_record();
    let converted = changes(&before, Some(&before.unfinished));
    assert_eq!(converted.jobs[0].state, State::Done);
    assert_eq!(converted.unfinished, files);
    let anew = changes(&before, None);
    assert_eq!(anew.jobs[0].state, State::Done);
    previous.mail_next().unwrap();
    no_change_on_record();
    let mailed = changes(&converted, Some(&converted.unfinished));
    assert_eq!(mailed.jobs[0].mail, Some(MailState::Sent));
    assert_eq!(mailed.unfinished, []);
}
