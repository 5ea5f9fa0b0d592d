//! Files that cannot be converted, or only in part: their owner is notified, and no
//! other file is affected.

use serde_json::{Value, json};
use tonearm_e2e::app::TestApp;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mailbox::{mail_about, mails_about};
use tonearm_e2e::media::{self, NOT_A_VIDEO};
use tonearm_e2e::multipart::Form;

use crate::replies::{expect, shown};

#[test]
fn a_damaged_file_is_reported_in_its_job_and_email() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let clip = media::mp4().bytes();
    let whole = media::mp4_for_the_web().bytes();
    let files: [(&str, &[u8], &str); 6] = [
        (
            "silent.mp4",
            &media::video_without_audio().bytes(),
            "no_audio_track",
        ),
        ("text.mp4", NOT_A_VIDEO, "not_media"),
        ("cut.mp4", &clip[..20_000], "damaged_media"),
        ("good.mp4", &clip, ""),
        (
            "end-missing.mp4",
            &whole[..whole.len() * 6 / 10],
            "source_cut_off",
        ),
        ("whole.mp4", &whole, ""),
    ];
    let form = files.iter().fold(Form::new(), |form, (name, bytes, _)| {
        form.and_file("file", name, bytes)
    });
    let jobs = jobs_of(&ada.upload(&form));
    for (job, (_, _, code)) in jobs.iter().zip(files) {
        let job = ada.mailed_job(id(job));
        match code {
            "" => assert_converted(&job, &Value::Null),
            "source_cut_off" => assert_converted(&job, &json!([cut_off()])),
            code => assert_failed(&ada, &job, code),
        }
    }
    the_email_says_what_became_of_each(&app.client(), &ada, &jobs);
    let mut failed = ada.job(id(&jobs[0]));
    // One of the jobs carries the email, and has the attempts at it.
    let attempts = failed["attempts"].as_array_mut().unwrap();
    attempts.retain(|attempt| attempt["kind"] != "mail");
    insta::assert_json_snapshot!("failed_job", shown(&failed));
    let refused = ada.get(&format!("/download?fid={}", id(&jobs[0])));
    insta::assert_json_snapshot!("failed_download", refused.json());
}

fn assert_failed(owner: &Client, job: &Value, code: &str) {
    let fid = id(job);
    assert_eq!(job["state"], "failed", "{job:#}");
    assert_eq!(job["error"]["code"], code, "{job:#}");
    assert_eq!(
        job["attempt"], 1,
        "another attempt would be useless: {job:#}"
    );
    assert!(job["links"].get("download").is_none(), "{job:#}");
    let download = owner.get(&format!("/download?fid={fid}"));
    expect(code, &download, 409, "job_failed");
}

fn cut_off() -> Value {
    json!({
        "code": "source_cut_off",
        "message": "The file was cut off. The MP3 has the sound up to there.",
    })
}

fn assert_converted(job: &Value, warnings: &Value) {
    assert_eq!(job["state"], "done", "{job:#}");
    let found = job["mp3"].get("warnings").unwrap_or(&Value::Null);
    assert_eq!(found, warnings, "{job:#}");
}

/// All files were uploaded together, so there is one email.
fn the_email_says_what_became_of_each(client: &Client, owner: &Client, jobs: &[Value]) {
    let mail = mail_about(client, id(&jobs[0]));
    let text = mail["text"].as_str().unwrap();
    for job in jobs {
        let job = owner.job(id(job));
        let link = format!("/download?fid={}", id(&job));
        assert_eq!(text.contains(&link), job["state"] == "done", "{text}");
        if let Some(reason) = job["error"]["message"].as_str() {
            assert!(text.contains(reason), "{reason:?} is not in {text}");
        }
        assert_eq!(mails_about(client, id(&job)).len(), 1);
    }
    let warnings = text.matches("The file was cut off.");
    assert_eq!(warnings.count(), 1, "about one of the files: {text}");
}
