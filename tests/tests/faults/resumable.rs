//! Clients that resume their uploads, whatever happens.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tonearm_e2e::client::Reply;
use tonearm_e2e::raw::Raw;
use tonearm_e2e::wait;

use crate::check::Verdict;
use crate::history::{Answer, Deletion, Events};
use crate::load::User;
use crate::process::ProcessName;

/// Percent of the requests that end half-way, that pause long enough for a checkpoint; and
/// percent of the uploads that their user gives up.
const CUT: u64 = 10;
const SLOW: u64 = 8;
const TERMINATED: u64 = 4;

/// A little longer than a writer goes without a checkpoint.
const LULL: Duration = Duration::from_millis(2300);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(300);

/// An upload that may go on.
struct Resumable<'f> {
    id: String,
    path: String,
    file: &'f [u8],
    /// The offset that the server has acknowledged.
    offset: usize,
}

impl User<'_> {
    /// Uploads a file in one or several requests, until its last byte is acknowledged.
    pub fn upload_resumably(&mut self, name: &str, file: &[u8]) -> Answer {
        let length = file.len().to_string();
        let metadata = format!("filename {}", BASE64_STANDARD.encode(name));
        let ask = self.client.ask("POST", "/files");
        let ask = ask.header("tus-resumable", "1.0.0");
        let ask = ask.header("upload-length", &length);
        let Ok(created) = ask.header("upload-metadata", &metadata).body("").try_send() else {
            return Answer::None;
        };
        if created.status != 201 {
            return Answer::Refused(created.status, code(&created));
        }
        let (_, id) = created
            .header("location")
            .rsplit_once('/')
            .expect("a location");
        let mut upload = Resumable {
            id: id.to_owned(),
            path: format!("/files/{id}"),
            file,
            offset: 0,
        };
        let gives_up = self.rng.percent(TERMINATED);
        let deadline = Instant::now() + 10 * wait::DEADLINE;
        let mut requests = 0;
        while Instant::now() < deadline {
            requests += 1;
            // After a lost response, the last byte may already be there.
            if upload.offset == file.len() || self.write_some(&mut upload) {
                self.history.note(|events| {
                    events.resumable += 1;
                    events.resumed += requests - 1;
                });
                return Answer::Accepted(vec![upload.id]);
            }
            if gives_up {
                return self.terminate(&upload);
            }
            std::thread::sleep(PAUSE);
            if !self.synchronize(&mut upload) {
                return Answer::Refused(404, format!("lost upload {id}"));
            }
        }
        panic!("{} never ends", upload.id)
    }

    /// One request with some of the rest. Returns whether the whole file is acknowledged.
    fn write_some(&mut self, upload: &mut Resumable<'_>) -> bool {
        let rest = &upload.file[upload.offset..];
        let count = match self.rng.percent(50) {
            true => rest.len(),
            false => (rest.len() / 3).max(1).min(rest.len()),
        };
        let body = &rest[..count];
        if self.rng.percent(CUT) {
            self.write_half(upload, body, Duration::ZERO);
            return false;
        }
        if self.rng.percent(SLOW) {
            self.write_half(upload, body, LULL);
            return false;
        }
        let ask = self.client.ask("PATCH", &upload.path);
        let ask = ask
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", &upload.offset.to_string());
        match ask.body(body).try_send() {
            Ok(reply) if reply.status == 204 => {
                self.acknowledge(upload, &reply);
                upload.offset == upload.file.len()
            }
            _ => false,
        }
    }

    /// Sends the beginning of a request, waits, sends a little more and hangs up.
    fn write_half(&self, upload: &Resumable<'_>, body: &[u8], lull: Duration) {
        let address = self.world.address(ProcessName::Gateway);
        let Ok(mut raw) = Raw::try_connect(&address) else {
            return;
        };
        let head = format!(
            "PATCH {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Tus-Resumable: 1.0.0\r\nUpload-Offset: {}\r\n\
             Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
            upload.path,
            self.client.token(),
            upload.offset,
            body.len(),
        );
        let half = body.len() / 2;
        if raw.send(head.as_bytes()) && raw.send(&body[..half]) {
            std::thread::sleep(lull);
            raw.send(&body[half..half + half / 2]);
        }
    }

    /// Asks where the upload continues, as long as that takes. False if it is gone.
    fn synchronize(&self, upload: &mut Resumable<'_>) -> bool {
        loop {
            self.wait_for_the_gateway();
            let ask = self.client.ask("HEAD", &upload.path);
            match ask.header("tus-resumable", "1.0.0").try_send() {
                Ok(reply) if reply.status < 300 => {
                    self.acknowledge(upload, &reply);
                    return true;
                }
                Ok(reply) if matches!(reply.status, 404 | 410) => {
                    let sentence = format!("the upload {} ({})", upload.id, reply.status);
                    self.history.note(|events| events.forgotten.push(sentence));
                    return false;
                }
                _ => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Takes the offset of a response, which may never decrease.
    fn acknowledge(&self, upload: &mut Resumable<'_>, reply: &Reply) {
        let offset = reply.header("upload-offset").parse().expect("an offset");
        if offset < upload.offset {
            let sentence = format!(
                "bytes {offset} to {} of the upload {}, once acknowledged",
                upload.offset, upload.id
            );
            self.history.note(|events| events.forgotten.push(sentence));
        }
        upload.offset = offset;
    }

    /// Gives the upload up, or deletes the job that it has become.
    fn terminate(&self, upload: &Resumable<'_>) -> Answer {
        loop {
            self.wait_for_the_gateway();
            let ask = self.client.ask("DELETE", &upload.path);
            match ask.header("tus-resumable", "1.0.0").try_send() {
                // 404 after a response that was lost.
                Ok(reply) if matches!(reply.status, 204 | 404 | 410) => {
                    let id = upload.id.clone();
                    let deletion = Deletion { id, sure: true };
                    self.history.note(|events| events.deletions.push(deletion));
                    return Answer::Accepted(vec![upload.id.clone()]);
                }
                _ => std::thread::sleep(PAUSE),
            }
        }
    }
}

/// Deletes the uploads that were created without their user's knowledge. There may be no
/// others.
pub fn end_unfinished(events: &Events, users: &[User<'_>], verdict: &mut Verdict) {
    for user in users {
        let reply = user.client.get("/files");
        assert_eq!(reply.status, 200, "{reply}");
        let list = reply.json();
        let list = list.as_array().or_else(|| list["uploads"].as_array());
        for upload in list.expect("a list of uploads") {
            let name = upload["name"].as_str().unwrap_or_default();
            let unanswered = events.uploads.iter().any(|sent| {
                sent.answer == Answer::None && sent.files.iter().any(|(sent, _)| sent == name)
            });
            if !unanswered {
                verdict
                    .stuck
                    .push(format!("the upload of {name}: {upload}"));
            }
            let path = format!("/files/{}", upload["id"].as_str().unwrap_or_default());
            let ask = user.client.ask("DELETE", &path);
            let deleted = ask.header("tus-resumable", "1.0.0").send();
            assert_eq!(deleted.status, 204, "{deleted}");
        }
    }
}

fn code(reply: &Reply) -> String {
    let problem: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = problem["code"].as_str();
    code.unwrap_or("no problem document").to_owned()
}
