//! The happy path: from registration to the MP3.

use tonearm_e2e::app::{TestApp, email};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::{mail_about, mails_about};
use tonearm_e2e::media::{self, Clip};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tag::id3::Id3;

#[test]
fn a_video_becomes_an_mp3_wherever_its_index_lies() {
    let app = TestApp::start();
    // Ada registers and logs in.
    let ada = app.user("ada");
    let eve = app.user("eve");
    for video in [media::mp4(), media::mp4_for_the_web()] {
        from_upload_to_mp3(&app, &ada, &video, &eve);
    }
}

fn from_upload_to_mp3(app: &TestApp, ada: &Client, video: &Clip, eve: &Client) {
    // She uploads a video.
    let job = ada.upload_file(&video.path);
    let fid = id(&job).to_owned();
    assert_eq!(job["state"], "queued");
    assert_eq!(job["size"], video.bytes().len());
    assert_eq!(job["links"]["self"], format!("/jobs/{fid}"));
    assert_eq!(job["links"]["download"], format!("/download?fid={fid}"));

    // The job is converted.
    let job = ada.ended_job(&fid);
    assert_eq!(job["state"], "done", "{job:#}");
    assert_eq!(job["progress"], 1.0);
    let duration = job["mp3"]["duration_seconds"].as_f64().unwrap();
    assert!((duration - video.seconds()).abs() < 0.03, "{job:#}");

    // She gets one email with the id and a link.
    let mail = mail_about(&app.client(), &fid);
    let link = format!("{}/download?fid={fid}", app.base());
    assert!(mail.to_string().contains(&link), "{mail:#}");
    assert!(mail["to"].to_string().contains(&email("ada")), "{mail:#}");
    assert_eq!(ada.mailed_job(&fid)["mail"]["state"], "sent");
    assert_eq!(mails_about(&app.client(), &fid).len(), 1);

    // She downloads the MP3, which has the audio of the video.
    let mp3 = ada.download(&fid);
    assert_eq!(mp3.header("content-type"), "audio/mpeg");
    assert_eq!(job["mp3"]["size"], mp3.body.len());
    let decoded = Decoded::of(&mp3.body);
    assert_same(&decoded, video);
    let xing = decoded.xing.as_ref().unwrap();
    assert_eq!(xing.frames.unwrap() as usize, decoded.frames);
    assert_eq!(xing.bytes.unwrap() as usize, mp3.body.len() - xing.offset);
    let tag = Id3::of(&mp3.body).unwrap();
    let name = video.path.file_stem().unwrap().to_str().unwrap();
    assert!(tag.text.values().any(|text| text.contains(name)), "{tag:?}");

    // Nobody else can see the job.
    assert_eq!(eve.get(&format!("/download?fid={fid}")).status, 404);
}
