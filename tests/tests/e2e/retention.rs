//! Expiry of files.

use tonearm_e2e::app::Setup;
use tonearm_e2e::jobs::id;
use tonearm_e2e::{media, wait};

use crate::replies::expect;

#[test]
fn an_expired_mp3_is_deleted_and_reported_as_expired() {
    let app = Setup::new().variable("mp3_keep_seconds", 1).start();
    let ada = app.user("ada");
    let fid = id(&ada.upload_file(&media::mp4().path)).to_owned();
    let job = ada.mailed_job(&fid);
    assert!(job["mp3"]["expires_at"].is_string(), "{job:#}");
    let path = format!("/download?fid={fid}");
    let reply = wait::until("the MP3 to expire", || {
        let reply = ada.get(&path);
        (reply.status != 200).then_some(reply)
    });
    expect("download", &reply, 410, "mp3_expired");
    wait::until("its files to be deleted", || {
        app.stored().blobs_of(&fid).is_empty().then_some(())
    });
    assert_eq!(ada.job(&fid)["state"], "done", "the job is still shown");
}
