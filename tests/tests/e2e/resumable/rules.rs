//! The rules of the protocol, on the whole app.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::proxy::Proxy;
use tonearm_e2e::wait;

use super::clients::TusClient;
use super::{converted, expected_mp3, offset, tus, video};

const BODY: (&str, &str) = ("content-type", "application/offset+octet-stream");

fn create(user: &Client, length: usize, more: &[(&str, &str)]) -> Reply {
    let length = length.to_string();
    let name = BASE64_STANDARD.encode("clip.mp4");
    let metadata = format!("filename {name}");
    let own = [("upload-length", &*length), ("upload-metadata", &metadata)];
    tus(user, "POST", "/files", &[&own[..], more].concat(), b"")
}

fn id_of(created: &Reply) -> String {
    assert_eq!(created.status, 201, "{created}");
    let (_, id) = created.header("location").rsplit_once('/').unwrap();
    id.to_owned()
}

fn patch(user: &Client, id: &str, offset: u64, more: &[(&str, &str)], body: &[u8]) -> Reply {
    let offset = offset.to_string();
    let headers = [&[BODY, ("upload-offset", &offset)], more].concat();
    tus(user, "PATCH", &format!("/files/{id}"), &headers, body)
}

#[test]
fn two_clients_never_write_one_upload_at_a_time() {
    const LENGTH: usize = 100_000;
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let proxy = Proxy::start(&app.host());
    let id = id_of(&create(&ada, LENGTH, &[]));
    proxy.stop_after(LENGTH as u64 / 2);
    let slow = ada.at(&proxy.base());
    std::thread::scope(|scope| {
        let (slow, first) = (&slow, &id);
        scope.spawn(move || {
            let ask = slow.ask("PATCH", &format!("/files/{first}"));
            let ask = ask.header("tus-resumable", "1.0.0").header(BODY.0, BODY.1);
            // Its answer is lost.
            let _ = ask
                .header("upload-offset", "0")
                .body([1; LENGTH])
                .try_send();
        });
        proxy.wait_until_stopped();
        wait::until("the first client to be writing", || {
            // At an offset that is never right, so that this writes nothing.
            (patch(&ada, &id, 1, &[], b"").status == 423).then_some(())
        });
        let second = patch(&ada, &id, 0, &[], &[2; LENGTH]);
        assert_eq!(second.status, 423, "{second}");
        proxy.cut();
        // The first has ended; what it sent counts.
        let written = wait::until("the first to have released the upload", || {
            let written = offset(&ada, &id);
            (patch(&ada, &id, written, &[], b"").status == 204).then_some(written)
        });
        let rest = vec![2; LENGTH - usize::try_from(written).unwrap()];
        assert_eq!(patch(&ada, &id, written, &[], &rest).status, 204);
    });
    assert_eq!(ada.job(&id)["state"], "queued");
}

#[test]
fn bytes_with_a_wrong_checksum_do_not_count() {
    let app = Setup::new().start();
    let ada = app.user("ada");
    let file = std::fs::read(video()).unwrap();
    let expected = expected_mp3(&ada);
    let id = id_of(&create(&ada, file.len(), &[]));
    let half = file.len() / 2;
    // The SHA-1 of nothing.
    let wrong = ("upload-checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    assert_eq!(patch(&ada, &id, 0, &[], &file[..half]).status, 204);
    let refused = patch(
        &ada,
        &id,
        half as u64,
        &[wrong],
        &vec![9; file.len() - half],
    );
    assert_eq!(refused.status, 460, "{refused}");
    assert_eq!(offset(&ada, &id), half as u64);
    assert_eq!(
        patch(&ada, &id, half as u64, &[], &file[half..]).status,
        204
    );
    assert!(
        converted(&ada, &id) == expected,
        "other bytes than the right ones count"
    );
}

#[test]
fn checksums_and_small_requests_of_a_client_lead_to_the_same_job() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    for client in TusClient::installed() {
        let more = json!({"chunk_size": 700_001, "checksum": true});
        let run = client.start(&app.base(), &ada, &video(), more);
        run.done();
        assert!(converted(&ada, &run.id()) == expected, "{client:?}");
    }
}

#[test]
fn parallel_uploads_are_concatenated_to_one_job() {
    if !TusClient::installed().contains(&TusClient::TusJs) {
        return;
    }
    let app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let run = TusClient::TusJs.start(&app.base(), &ada, &video(), json!({"parallel": 4}));
    run.done();
    let id = run.id();
    assert!(converted(&ada, &id) == expected);
    let jobs = ada.get("/jobs").json()["jobs"].as_array().unwrap().len();
    assert_eq!(jobs, 2, "no part became a job of its own");
    for job in ada.get("/jobs").json()["jobs"].as_array().unwrap() {
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        assert_eq!(ada.delete(&path).status, 204);
    }
    wait::until("the parts to be deleted with the job", || {
        app.client().get("/healthz");
        app.stored().blobs().is_empty().then_some(())
    });
}

#[test]
fn an_abandoned_upload_expires_with_its_bytes() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let id = id_of(&create(&ada, 1000, &[]));
    let written = patch(&ada, &id, 0, &[], &[1; 500]);
    assert_eq!(written.status, 204, "{written}");
    assert!(!written.header("upload-expires").is_empty(), "{written}");
    assert!(!app.stored().blobs_of(&id).is_empty());
    // As the passing of a day does.
    let mut redis = app.redis.connect();
    let mut run = |command: &[&str]| {
        let mut asked = redis::cmd(command[0]);
        asked.arg(&command[1..]).query::<i64>(&mut redis).unwrap()
    };
    run(&["PEXPIRE", &format!("tonearm:upload:{id}"), "1"]);
    run(&["ZADD", "tonearm:garbage", "1", &format!("video/{id}")]);
    wait::until("the upload to expire", || {
        let reply = tus(&ada, "HEAD", &format!("/files/{id}"), &[], b"");
        matches!(reply.status, 404 | 410).then_some(())
    });
    let late = patch(&ada, &id, 500, &[], &[1; 500]);
    assert!(matches!(late.status, 404 | 410), "{late}");
    wait::until("its bytes to be deleted", || {
        app.client().get("/healthz");
        app.stored().blobs_of(&id).is_empty().then_some(())
    });
}

#[test]
fn a_terminated_upload_is_gone_with_its_bytes() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let id = id_of(&create(&ada, 1000, &[]));
    assert_eq!(patch(&ada, &id, 0, &[], &[1; 500]).status, 204);
    assert!(!app.stored().blobs_of(&id).is_empty());
    let path = format!("/files/{id}");
    // Nobody else's.
    assert_eq!(tus(&app.user("bob"), "DELETE", &path, &[], b"").status, 404);
    assert_eq!(tus(&ada, "DELETE", &path, &[], b"").status, 204);
    assert!(matches!(
        tus(&ada, "HEAD", &path, &[], b"").status,
        404 | 410
    ));
    wait::until("its bytes to be deleted", || {
        app.client().get("/healthz");
        app.stored().blobs_of(&id).is_empty().then_some(())
    });
}

#[test]
fn an_upload_holds_its_place_from_its_creation_on() {
    let app = Setup::new()
        .without_workers()
        .variable("user_max_active_jobs", 1)
        .start();
    let ada = app.user("ada");
    let id = id_of(&create(&ada, 4, &[]));
    let refused = create(&ada, 4, &[]);
    assert_eq!(refused.status, 429, "{refused}");
    // Its own end is not refused for it.
    assert_eq!(patch(&ada, &id, 0, &[], b"clip").status, 204);
    assert_eq!(ada.job(&id)["state"], "queued");
    let too_long = create(&ada, 1 << 50, &[]);
    assert_eq!(too_long.status, 413, "{too_long}");
}
