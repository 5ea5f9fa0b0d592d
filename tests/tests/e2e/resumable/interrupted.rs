//! No acknowledged byte is lost, whatever interrupts an upload.

use serde_json::json;
use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::proxy::Proxy;
use tonearm_e2e::wait;

use super::clients::{Run, TusClient};
use super::{converted, expected_mp3, offset, tus, video};

/// Where uploads are interrupted: after a checkpoint, with more bytes under way.
const STOP: u64 = 11 << 20;

/// Starts an upload that stops in the middle of its body. The server goes on waiting, and
/// has recorded a checkpoint.
fn begin(proxy: &Proxy, client: TusClient, user: &Client) -> (Run, String, u64) {
    proxy.stop_after(STOP);
    let run = client.start(&proxy.base(), user, &video(), json!({}));
    let id = run.id();
    proxy.wait_until_stopped();
    let acknowledged = wait::until("a checkpoint", || {
        Some(offset(user, &id)).filter(|offset| *offset > 0)
    });
    (run, id, acknowledged)
}

/// The upload goes on where it was, and becomes the same job as without the interruption.
fn assert_completed(app: &TestApp, user: &Client, run: &Run, id: &str, expected: &[u8]) {
    run.done();
    assert_eq!(run.id(), id, "the same upload was continued");
    assert!(
        converted(user, id) == expected,
        "another MP3 than of a form"
    );
    let deleted = tus(user, "DELETE", &format!("/files/{id}"), &[], b"");
    assert_eq!(deleted.status, 204, "{deleted}");
    wait::until("all its pieces to be deleted", || {
        app.client().get("/healthz");
        app.stored().blobs_of(id).is_empty().then_some(())
    });
}

#[test]
fn an_upload_goes_on_after_a_cut_connection() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let proxy = Proxy::start(&app.host());
    for client in TusClient::installed() {
        let (run, id, acknowledged) = begin(&proxy, client, &ada);
        proxy.cut();
        assert!(offset(&ada, &id) >= acknowledged);
        assert_completed(&app, &ada, &run, &id, &expected);
    }
}

#[test]
fn an_upload_goes_on_after_the_gateway_was_killed() {
    let mut app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let proxy = Proxy::start(&app.host());
    for client in TusClient::installed() {
        let (run, id, acknowledged) = begin(&proxy, client, &ada);
        app.kill_and_restart();
        assert!(offset(&ada, &id) >= acknowledged);
        proxy.cut();
        assert_completed(&app, &ada, &run, &id, &expected);
    }
}

#[test]
fn an_upload_goes_on_after_redis_was_restarted() {
    // Files in SQLite, so that Redis has no part in them.
    let mut app = Setup::new().together().own_redis().start();
    if app.runtime().is_spin() {
        println!("SKIPPED: Spin ends when Redis does");
        return;
    }
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let proxy = Proxy::start(&app.host());
    for client in TusClient::installed() {
        let (run, id, acknowledged) = begin(&proxy, client, &ada);
        app.redis.stop();
        proxy.cut();
        app.redis.restart();
        assert!(offset(&ada, &id) >= acknowledged);
        assert_completed(&app, &ada, &run, &id, &expected);
    }
}

#[test]
fn an_upload_whose_connection_fell_silent_is_taken_over() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let proxy = Proxy::start(&app.host());
    for client in TusClient::installed() {
        let (run, id, acknowledged) = begin(&proxy, client, &ada);
        // The gateway still waits for this connection, so the client is locked out at first.
        let mut former = proxy.abandon();
        wait::until("the next writer to get ahead", || {
            (offset(&ada, &id) > acknowledged).then_some(())
        });
        // What the network delayed arrives in the end, and does no harm.
        former.deliver_late();
        assert_completed(&app, &ada, &run, &id, &expected);
    }
}

#[test]
fn an_upload_goes_on_after_its_client_was_restarted() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let expected = expected_mp3(&ada);
    let proxy = Proxy::start(&app.host());
    for client in TusClient::installed() {
        let folder = TempDir::new().unwrap();
        let storage = json!({"storage": folder.path().join("urls.json")});
        proxy.stop_after(STOP);
        let first = client.start(&proxy.base(), &ada, &video(), storage.clone());
        let id = first.id();
        proxy.wait_until_stopped();
        first.kill();
        proxy.cut();
        wait::until("the rest to be recorded", || {
            (offset(&ada, &id) > 0).then_some(())
        });
        let second = client.start(&proxy.base(), &ada, &video(), storage);
        assert_completed(&app, &ada, &second, &id, &expected);
        assert!(second.has_resumed());
    }
}
