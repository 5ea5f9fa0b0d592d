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
    let client = app.client();
    for (job, (_, _, code)) in jobs.iter().zip(files) {
        let job = ada.mailed_job(id(job));
        match code {
            "" => assert_converted_without_warning(&client, &job),
            "source_cut_off" => assert_converted_with_warning(&client, &job),
            code => assert_failed(&client, &ada, &job, code),
        }
    }
    insta::assert_json_snapshot!("failed_job", shown(&ada.job(id(&jobs[0]))));
    let refused = ada.get(&format!("/download?fid={}", id(&jobs[0])));
    insta::assert_json_snapshot!("failed_download", refused.json());
}

fn assert_failed(client: &Client, owner: &Client, job: &Value, code: &str) {
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
    let mail = mail_about(client, fid);
    let reason = job["error"]["message"].as_str().unwrap();
    assert!(
        mail.to_string().contains(reason),
        "{reason:?} is not in {mail:#}"
    );
    let has_link = mail.to_string().contains("/download?fid=");
    assert!(!has_link, "there is nothing to download: {mail:#}");
    assert_eq!(mails_about(client, fid).len(), 1);
}

fn assert_converted_with_warning(client: &Client, job: &Value) {
    assert_eq!(job["state"], "done", "{job:#}");
    let warning = json!({
        "code": "source_cut_off",
        "message": "The file was cut off. The MP3 has the sound up to there.",
    });
    assert_eq!(job["mp3"]["warnings"], json!([warning]), "{job:#}");
    let mails = mails_about(client, id(job));
    let has_warning = mails[0].to_string().contains("The file was cut off.");
    assert!(has_warning, "{mails:#?}");
}

fn assert_converted_without_warning(client: &Client, job: &Value) {
    assert_eq!(job["state"], "done", "{job:#}");
    assert!(job["mp3"].get("warnings").is_none(), "{job:#}");
    let mails = mails_about(client, id(job));
    let has_warning = mails[0].to_string().contains("The file was cut off.");
    assert!(!has_warning, "{mails:#?}");
}
