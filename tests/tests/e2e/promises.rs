//! Further promises of `docs/reliability.md`, one test each.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::media::{H264_AAC, Recipe, Tone};
use tonearm_e2e::multipart::Form;
use tonearm_e2e::{media, wait};

/// An email API that responds with 503 until `is_available` is set, or never responds.
struct EmailApi {
    url: String,
    is_available: Arc<AtomicBool>,
}

impl EmailApi {
    fn start(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let is_available = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&is_available);
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().flatten() {
                if answers {
                    answer(stream, shared.load(Ordering::SeqCst));
                } else {
                    held.push(stream);
                }
            }
        });
        Self { url, is_available }
    }
}

/// Reads the request, so that closing does not reset the connection, and responds.
fn answer(mut stream: TcpStream, is_available: bool) {
    let status = if is_available {
        "202 Accepted"
    } else {
        "503 Service Unavailable"
    };
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let mut request = [0; 64 * 1024];
    while stream.read(&mut request).is_ok_and(|n| n > 0) {}
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}");
    let _ = stream.write_all(head.as_bytes());
}

#[test]
fn a_hundred_notifications_make_one_mp3_and_one_email() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let fid = id(&ada.upload_file(&media::mp4().path)).to_owned();
    let payload = fid.clone();
    let mut redis = app.redis.connect();
    // Spin serves before all of its triggers are subscribed.
    wait::until("both channels to have subscribers", || {
        let mut receivers = |channel: &str| -> u64 {
            let publish = redis::cmd("PUBLISH").arg(channel).arg(&payload).to_owned();
            publish.query(&mut redis).unwrap()
        };
        (receivers("video") > 0 && receivers("mp3") > 0).then_some(())
    });
    let mut notify = || {
        for channel in ["video", "mp3"].repeat(100) {
            let receivers: u64 = redis::cmd("PUBLISH")
                .arg(channel)
                .arg(&payload)
                .query(&mut redis)
                .unwrap();
            assert_ne!(receivers, 0, "{channel}");
        }
    };
    notify();
    ada.mailed_job(&fid);
    notify();
    // Once a later job is finished, all these notifications have been handled.
    let next = id(&ada.upload_file(&media::mp4().path)).to_owned();
    ada.mailed_job(&next);
    for fid in [fid, next] {
        let job = ada.job(&fid);
        assert_eq!(
            (&job["attempt"], &job["mail"]["attempt"]),
            (&1.into(), &1.into()),
            "{job:#}"
        );
        assert_eq!(mails_about(&app.client(), &fid).len(), 1);
    }
}

#[test]
fn an_unresponsive_email_api_delays_no_conversion() {
    let api = EmailApi::start(false);
    let app = Setup::new().variable("email_api_url", &api.url).start();
    let ada = app.user("ada");
    let video = media::mp4().bytes();
    let form = ["1.mp4", "2.mp4", "3.mp4"].iter();
    let form = form.fold(Form::new(), |form, name| {
        form.and_file("file", name, &video)
    });
    for job in jobs_of(&ada.upload(&form)) {
        let job = ada.ended_job(id(&job));
        assert_eq!(job["state"], "done");
        // Their email is still being sent, or waits for the last of them.
        assert_ne!(job["mail"]["state"], "sent");
    }
}

#[test]
fn a_long_conversion_delays_no_email() {
    let api = EmailApi::start(true);
    // Two hours at LAME's slowest setting take a minute. The next attempt at the email is
    // due within seconds.
    let video = media::minutes_of_aac(120);
    let app = Setup::new()
        .variable("email_api_url", &api.url)
        .variable("mp3_effort", 0)
        .start();
    let ada = app.user("ada");
    let short = id(&ada.upload_file(&media::mp4().path)).to_owned();
    ada.ended_job(&short);
    let long = id(&ada.upload_file(&video.path)).to_owned();
    wait::until("the long conversion to start", || {
        (ada.job(&long)["state"] == "converting").then_some(())
    });
    api.is_available.store(true, Ordering::SeqCst);
    ada.mailed_job(&short);
    assert_ne!(
        ada.job(&long)["state"],
        "done",
        "the conversion was too short for this test"
    );
}

#[test]
fn a_conversion_beyond_its_time_limit_fails_with_a_reason_and_delays_no_other() {
    let app = Setup::new()
        .variable("convert_max_seconds", 3)
        .variable("segment_seconds", 0)
        .variable("mp3_effort", 0)
        .start();
    let ada = app.user("ada");
    // Takes a minute at this effort.
    let video = media::minutes_of_aac(120);
    let long = id(&ada.upload_file(&video.path)).to_owned();
    let short = id(&ada.upload_file(&media::mp4().path)).to_owned();
    assert_eq!(ada.ended_job(&short)["state"], "done");
    let job = ada.mailed_job(&long);
    assert_eq!(job["state"], "failed", "{job:#}");
    insta::assert_json_snapshot!(job["error"]);
    assert_eq!(mails_about(&app.client(), &long).len(), 1);
}

#[test]
fn a_file_that_traps_the_converter_fails_after_two_attempts_and_delays_no_other() {
    let app = Setup::new()
        .encoder("poison_plugin")
        .variable("lease_seconds", 3)
        .start();
    let ada = app.user("ada");
    let mono = Recipe {
        name: "poison.wav",
        tones: &[Tone {
            hertz: 440.0,
            dbfs: -12.0,
        }],
        video: false,
        output: &["-c:a", "pcm_s16le"],
        ..H264_AAC
    };
    let poison = id(&ada.upload_file(&mono.make().path)).to_owned();
    let good = id(&ada.upload_file(&media::mp4().path)).to_owned();
    assert_eq!(ada.ended_job(&good)["state"], "done");
    let job = ada.mailed_job(&poison);
    assert_eq!(job["state"], "failed", "{job:#}");
    // The third claim finds that both attempts ended at the same place.
    assert_eq!(job["attempt"], 3, "{job:#}");
    insta::assert_json_snapshot!(job["error"]);
    assert_eq!(mails_about(&app.client(), &poison).len(), 1);
}
