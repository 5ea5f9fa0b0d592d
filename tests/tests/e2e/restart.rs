//! An accepted upload is never lost, whenever the app is killed.

use tonearm_e2e::app::Setup;
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::media;
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::wait;

#[test]
fn a_job_whose_notification_was_lost_is_converted_after_a_restart() {
    // Without a converter, nobody receives the notification.
    let mut app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let clip = media::mp4();
    let job = ada.upload_file(&clip.path);
    app.kill_and_restart();
    assert_eq!(ada.ended_job(id(&job))["state"], "done");
    assert_same(&Decoded::of(&ada.download(id(&job)).body), &clip);
}

#[test]
fn an_interrupted_conversion_is_repeated_and_mailed_once() {
    // A short lease, so that the next attempt starts soon.
    let mut app = Setup::new()
        .variable("lease_seconds", 3)
        .variable("segment_seconds", 0)
        .variable("mp3_effort", 0)
        .start();
    let ada = app.user("ada");
    let clip = media::very_long_mp4();
    let job = ada.upload_file(&clip.path);
    let fid = id(&job).to_owned();
    wait::until("the conversion to be under way", || {
        let job = ada.job(&fid);
        assert_ne!(job["state"], "done", "the clip is too short for this test");
        (job["progress"].as_f64().unwrap() > 0.0).then_some(())
    });
    app.kill_and_restart();
    let job = ada.ended_job_within(3 * wait::DEADLINE, &fid);
    assert_eq!(
        (&job["state"], &job["attempt"]),
        (&"done".into(), &2.into()),
        "{job:#}"
    );
    assert_eq!(ada.mailed_job(&fid)["mail"]["state"], "sent");
    assert_eq!(mails_about(&app.client(), &fid).len(), 1);
    assert_same(&Decoded::of(&ada.download(&fid).body), &clip);
}
