//! Long conversions are split into segments that any worker takes.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::media;
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::wait;

const METRICS_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// An app with segments of a few seconds.
fn app() -> Setup {
    Setup::new()
        .variable("segment_seconds", 4)
        .variable("metrics_token", METRICS_TOKEN)
}

fn metric(app: &TestApp, name: &str) -> u64 {
    let reply = app.client().with_token(METRICS_TOKEN).get("/metrics");
    let text = reply.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.unwrap_or_else(|| panic!("{name} in {text}"));
    value.trim().parse().unwrap()
}

fn mp3_of(ada: &Client, fid: &str) -> Vec<u8> {
    assert_eq!(ada.ended_job(fid)["state"], "done");
    ada.download(fid).body
}

#[test]
fn a_long_file_is_converted_in_segments_that_join_to_the_same_bytes() {
    let app = app().start();
    let ada = app.user("ada");
    let mp3 = a_long_file_is_converted_in_segments(&app, &ada);
    // Three conversions at once share the workers.
    let video = media::long_mp4().bytes();
    let form = (0..3).fold(Form::new(), |form, _| {
        form.and_file("file", "long.mp4", &video)
    });
    for job in jobs_of(&ada.upload(&form)) {
        assert!(mp3_of(&ada, id(&job)) == mp3, "whichever workers take it");
    }
    the_last_segment_reports_that_a_file_is_cut_off(&app, &ada);
}

/// Returns the MP3.
fn a_long_file_is_converted_in_segments(app: &TestApp, ada: &Client) -> Vec<u8> {
    let clip = media::long_mp4();
    let job = ada.upload_file(&clip.path);
    let fid = id(&job);
    let job = ada.mailed_job(fid);
    assert_eq!(job["state"], "done");
    assert_eq!(job["progress"], 1.0);
    assert_eq!(job["attempts"].as_array().unwrap().len(), 2, "{job:#}");
    assert_eq!(mails_about(&app.client(), fid).len(), 1);
    assert_eq!(metric(app, "tonearm_conversions_cut_total"), 1);
    assert_eq!(metric(app, "tonearm_attempts_total{kind=\"segment\"}"), 8);
    let mp3 = ada.download(fid).body;
    assert_eq!(job["mp3"]["size"].as_u64(), Some(mp3.len() as u64));
    assert_same(&Decoded::of(&mp3), &clip);
    // A range across a joint, to the end.
    let middle = mp3.len() / 2;
    let part = ada
        .ask("GET", &format!("/download?fid={fid}"))
        .header("range", &format!("bytes={middle}-"))
        .send();
    assert_eq!((part.status, part.body == mp3[middle..]), (206, true));
    assert_eq!(ada.delete(&format!("/jobs/{fid}")).status, 204);
    wait::until("its files to be deleted", || {
        app.client().get("/healthz");
        app.stored().blobs_of(fid).is_empty().then_some(())
    });
    mp3
}

fn the_last_segment_reports_that_a_file_is_cut_off(app: &TestApp, ada: &Client) {
    let before = metric(app, "tonearm_conversions_cut_total");
    let whole = media::long_mp4_for_the_web().bytes();
    let form = Form::file("cut.mp4", &whole[..whole.len() * 6 / 10]);
    let job = ada.ended_job(id(&jobs_of(&ada.upload(&form))[0]));
    assert_eq!(metric(app, "tonearm_conversions_cut_total"), before + 1);
    assert_eq!(job["state"], "done", "{job:#}");
    let warnings = job["mp3"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{job:#}");
    assert_eq!(warnings[0]["code"], "source_cut_off", "{job:#}");
}

#[test]
fn a_killed_converter_loses_no_segment() {
    let mut app = app()
        .variable("lease_seconds", 3)
        .variable("mp3_effort", 0)
        .start();
    let ada = app.user("ada");
    let clip = media::very_long_mp4();
    let job = ada.upload_file(&clip.path);
    let fid = id(&job).to_owned();
    wait::until("some segments to be done", || {
        let job = ada.job(&fid);
        assert_ne!(job["state"], "done", "the clip is too short for this test");
        (job["progress"].as_f64().unwrap() > 0.05).then_some(())
    });
    app.kill_and_restart();
    let job = ada.ended_job_within(3 * wait::DEADLINE, &fid);
    assert_eq!(
        (&job["state"], &job["attempt"]),
        (&"done".into(), &1.into()),
        "{job:#}"
    );
    assert!(metric(&app, "tonearm_leases_expired_total{kind=\"segment\"}") > 0);
    assert_eq!(ada.mailed_job(&fid)["mail"]["state"], "sent");
    assert_eq!(mails_about(&app.client(), &fid).len(), 1);
    assert_same(&Decoded::of(&ada.download(&fid).body), &clip);
}
