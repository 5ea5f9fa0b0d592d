//! Resumable uploads with published tus clients, through whatever interrupts them.

mod clients;
mod interrupted;
mod rules;

use std::path::PathBuf;

use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media::{cached, ffmpeg};
use tonearm_e2e::multipart::Form;

/// A video of 15 MB. While it is uploaded, several checkpoints are made.
fn video() -> PathBuf {
    let arguments = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x360:rate=25:duration=3,noise=alls=100:allf=t",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:duration=3",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-b:v",
        "50M",
        "-c:a",
        "aac",
    ];
    let video = cached("resumable.mp4", &arguments, |file| ffmpeg(&arguments, file));
    let bytes = video.metadata().unwrap().len();
    assert!(bytes > 12_000_000, "{bytes} bytes");
    video
}

/// The MP3 of the same video, uploaded in a form.
fn expected_mp3(user: &Client) -> Vec<u8> {
    let bytes = std::fs::read(video()).unwrap();
    let job = only_job(&user.upload(&Form::file("clip.mp4", &bytes)));
    converted(user, id(&job))
}

/// The MP3 of a job that has the id of an upload.
fn converted(user: &Client, id: &str) -> Vec<u8> {
    let job = user.ended_job(id);
    assert_eq!(job["state"], "done", "{job:#}");
    assert_eq!(job["name"], "clip.mp4");
    user.download(id).body
}

/// A request of the protocol.
fn tus(user: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let ask = user.ask(method, path).header("tus-resumable", "1.0.0");
    let ask = headers
        .iter()
        .fold(ask, |ask, (name, value)| ask.header(name, value));
    match method {
        "HEAD" | "GET" | "DELETE" => ask.send(),
        _ => ask.body(body).send(),
    }
}

/// The offset of an upload, as the server tells it.
fn offset(user: &Client, id: &str) -> u64 {
    let reply = tus(user, "HEAD", &format!("/files/{id}"), &[], b"");
    assert!(reply.status < 300, "{reply}");
    let offset = reply.header("upload-offset").parse();
    offset.unwrap_or_else(|_| panic!("no offset: {reply}"))
}
