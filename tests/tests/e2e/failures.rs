//! Files that cannot be converted: their owner is told, and nobody else
//! suffers.

use serde_json::json;
use tonearm_e2e::app::TestApp;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mailbox::{mail_about, mails_about};
use tonearm_e2e::media::{self, NOT_A_VIDEO};
use tonearm_e2e::multipart::Form;

use crate::table::{expect, shown};

#[test]
fn files_without_sound_fail_for_good_and_are_told() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let form = Form::file("silent.mp4", &media::video_without_audio().bytes())
        .and_file("file", "liar.mp4", NOT_A_VIDEO)
        .and_file("file", "cut.mp4", &media::mp4().bytes()[..20_000])
        .and_file("file", "good.mp4", &media::mp4().bytes());
    let jobs = jobs_of(&ada.upload(&form));
    for (job, code) in jobs
        .iter()
        .zip(["no_audio_track", "not_media", "damaged_media", ""])
    {
        let fid = id(job).to_owned();
        let job = ada.ended_job(&fid);
        if code.is_empty() {
            assert_eq!(
                job["state"], "done",
                "one poison file harms no other: {job:#}"
            );
            continue;
        }
        assert_eq!(job["state"], "failed", "{job:#}");
        assert_eq!(job["error"]["code"], code, "{job:#}");
        assert_eq!(
            job["attempt"], 1,
            "another attempt would be in vain: {job:#}"
        );
        assert!(job["links"].get("download").is_none(), "{job:#}");
        expect(
            code,
            &ada.get(&format!("/download?fid={fid}")),
            409,
            "job_failed",
        );

        let mail = mail_about(&app.client(), &fid);
        let reason = job["error"]["message"].as_str().unwrap();
        assert!(
            mail.to_string().contains(reason),
            "{reason:?} is not in {mail:#}"
        );
        assert!(
            !mail.to_string().contains("/download?fid="),
            "there is nothing: {mail:#}"
        );
        ada.mailed_job(&fid);
        assert_eq!(mails_about(&app.client(), &fid).len(), 1);
    }
    insta::assert_json_snapshot!(shown(&ada.mailed_job(id(&jobs[0]))));
    let refused = ada.get(&format!("/download?fid={}", id(&jobs[0])));
    insta::assert_json_snapshot!(refused.json());
}

#[test]
fn what_is_wrong_with_a_converted_file_is_told_in_its_job_and_email() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let whole = media::mp4_for_the_web().bytes();
    let form =
        Form::file("cut.mp4", &whole[..whole.len() * 6 / 10]).and_file("file", "whole.mp4", &whole);
    let jobs = jobs_of(&ada.upload(&form));
    let [cut, whole] = [0, 1].map(|number: usize| ada.mailed_job(id(&jobs[number])));
    assert_eq!(cut["state"], "done", "{cut:#}");
    let warning = json!({
        "code": "source_cut_off",
        "message": "The file was cut off. The MP3 has the sound up to there.",
    });
    assert_eq!(cut["mp3"]["warnings"], json!([warning]), "{cut:#}");
    assert!(whole["mp3"].get("warnings").is_none(), "{whole:#}");
    for (job, is_told) in [(0, true), (1, false)] {
        let mails = mails_about(&app.client(), id(&jobs[job]));
        let says_so = mails[0].to_string().contains("The file was cut off.");
        assert_eq!(says_so, is_told, "{mails:#?}");
    }
}
