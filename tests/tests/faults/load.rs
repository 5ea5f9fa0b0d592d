//! The clients: they upload, disconnect and delete, whatever happens.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tonearm_e2e::app::{PASSWORD, email};
use tonearm_e2e::client::Client;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::raw::Raw;
use tonearm_e2e::wait;

use crate::history::{Answer, Deletion, Events, History, Upload};
use crate::media_kinds::{Kind, MIX, Sample};
use crate::process::ProcessName;
use crate::rng::Rng;
use crate::world::World;

/// The number of clients.
pub const CLIENTS: usize = 4;

/// Percent of the uploads that have two or three files, that disconnect half-way, that lack
/// their end, that are resumable; and percent of the files that are deleted some time after they were accepted.
const SEVERAL_FILES: u64 = 16;
const DISCONNECT: u64 = 4;
const UNFINISHED: u64 = 3;
const RESUMABLE: u64 = 40;
const DELETED: u64 = 5;

/// The size of a round.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub uploads: u64,
    pub faults: u64,
}

impl Quota {
    /// Accepted files before the fault of this number.
    pub fn before(&self, fault: u64) -> u64 {
        fault * self.uploads / self.faults.max(1)
    }

    /// Whether clients may continue. They stay close to the faults, so that those are
    /// spread over all uploads.
    fn may_upload(&self, so_far: &Events) -> bool {
        let ahead = self.before(so_far.faults + 2) + 2 * CLIENTS as u64;
        so_far.accepted < ahead.max(so_far.wanted)
    }

    fn is_over(&self, so_far: &Events) -> bool {
        so_far.faults_over && so_far.accepted >= self.uploads
    }
}

/// One client.
pub struct User<'w> {
    pub number: usize,
    pub client: Client,
    pub(crate) world: &'w World,
    pub(crate) history: &'w History,
    samples: &'w BTreeMap<Kind, Sample>,
    pub(crate) rng: Rng,
    count: usize,
}

impl<'w> User<'w> {
    /// Registers and logs in.
    pub fn new(
        number: usize,
        world: &'w World,
        history: &'w History,
        samples: &'w BTreeMap<Kind, Sample>,
        rng: Rng,
    ) -> Self {
        let client = world.client(ProcessName::Gateway);
        Self {
            number,
            client: client.signed_up(&email(&format!("user-{number}")), PASSWORD),
            world,
            history,
            samples,
            rng,
            count: 0,
        }
    }

    /// Uploads until the quota is reached.
    pub fn run(mut self, quota: Quota) -> Self {
        loop {
            let turn = |e: &Events| quota.is_over(e) || quota.may_upload(e);
            self.history.wait(wait::DEADLINE, turn);
            if quota.is_over(&self.history.events()) {
                return self;
            }
            self.upload();
        }
    }

    fn upload(&mut self) {
        let files = match self.rng.percent(SEVERAL_FILES) {
            true => self.rng.between(2, 4),
            false => 1,
        };
        let files: Vec<_> = (0..files).map(|_| self.new_file()).collect();
        let form = files.iter().fold(Form::new(), |form, (name, kind)| {
            form.and_file("file", name, &self.samples[kind].bytes)
        });
        let answer = if let [(name, kind)] = &files[..]
            && self.rng.percent(RESUMABLE)
        {
            self.upload_resumably(name, &self.samples[kind].bytes)
        } else if self.rng.percent(DISCONNECT) {
            self.disconnect(&form)
        } else if self.rng.percent(UNFINISHED) {
            self.send(&form, form.unfinished())
        } else {
            self.send(&form, form.body())
        };
        let mine = match &answer {
            Answer::Accepted(ids) => ids.clone(),
            _ => Vec::new(),
        };
        self.history.note(|events| {
            events.accepted += mine.len() as u64;
            events.uploads.push(Upload { files, answer });
        });
        if mine.is_empty() {
            self.wait_for_the_gateway();
        }
        for id in mine {
            if self.rng.percent(DELETED) {
                self.delete(id);
            }
        }
    }

    fn new_file(&mut self) -> (String, Kind) {
        let kind = self.rng.pick(&MIX);
        self.count += 1;
        let name = format!(
            "u{}-{:04}.{}",
            self.number, self.count, self.samples[&kind].extension
        );
        (name, kind)
    }

    fn send(&self, form: &Form, body: Vec<u8>) -> Answer {
        let ask = self.client.ask("POST", "/upload").body(body);
        let Ok(reply) = ask.header("content-type", &form.content_type()).try_send() else {
            return Answer::None;
        };
        if reply.status != 202 {
            let code = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
            let code = code["code"].as_str().unwrap_or("no problem document");
            return Answer::Refused(reply.status, code.to_owned());
        }
        let ids = reply.json()["jobs"].as_array().map(|jobs| {
            let ids = jobs.iter().filter_map(|job| job["id"].as_str());
            ids.map(str::to_owned).collect()
        });
        Answer::Accepted(ids.unwrap_or_default())
    }

    /// Like a client that loses its network half-way.
    fn disconnect(&self, form: &Form) -> Answer {
        let body = form.body();
        let address = self.world.address(ProcessName::Gateway);
        // No gateway has the same effect.
        if let Ok(mut raw) = Raw::try_connect(&address) {
            let head = format!(
                "POST /upload HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
                self.client.token(),
                form.content_type(),
                body.len(),
            );
            raw.send(head.as_bytes());
            raw.send(&body[..body.len() / 2]);
        }
        Answer::None
    }

    fn delete(&mut self, id: String) {
        // In any state.
        std::thread::sleep(Duration::from_millis(self.rng.between(0, 1500)));
        let path = format!("/jobs/{id}");
        let reply = self.client.ask("DELETE", &path).try_send();
        let status = reply.map_or(0, |reply| reply.status);
        // After 404 the job counts as lost and not as deleted.
        if status != 404 {
            let sure = status == 204;
            self.history
                .note(|events| events.deletions.push(Deletion { id, sure }));
        }
    }

    pub(crate) fn wait_for_the_gateway(&self) {
        let limit = 5 * wait::DEADLINE;
        wait::until_within(limit, "the gateway to come back", || {
            self.client
                .try_get("/healthz")
                .filter(|reply| reply.status == 200)
        });
    }
}
