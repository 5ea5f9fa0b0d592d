//! A rolling update while users upload.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;

use tonearm_e2e::app::{PASSWORD, Setup, TestApp, email};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::client::{Ask, Client, Reply};
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::mailbox::mails;
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::{media, wait};

/// Every service; the mailbox is a stand-in for an email API.
const SERVICES: [&str; 5] = ["auth", "gateway", "converter-1", "converter-2", "notifier"];

const USERS: [&str; 3] = ["ada", "grace", "joan"];

/// Minimum of uploads accepted between two replacements.
const BETWEEN: usize = 3;

/// State shared by the users: the address of the gateway and the accepted uploads.
struct Shared {
    gateway: RwLock<String>,
    accepted: Mutex<Vec<(usize, String)>>,
    count: AtomicUsize,
    over: AtomicBool,
}

impl Shared {
    /// Uploads a file and waits for its conversion, repeatedly until `over` is set.
    fn upload_repeatedly(&self, user: usize, client: &Client, clip: &[u8]) {
        while !self.over.load(Ordering::SeqCst) {
            let form = Form::file("clip.mp4", clip);
            let reply = self.ask(client, |ask| ask.ask("POST", "/upload").form(&form));
            let fid = id(&only_job(&reply)).to_owned();
            let path = format!("/jobs/{fid}");
            self.accepted.lock().unwrap().push((user, fid));
            self.count.fetch_add(1, Ordering::SeqCst);
            wait::until(&format!("{path} to end"), || {
                let job = self.ask(client, |ask| ask.ask("GET", &path)).json();
                let state = job["state"].as_str().unwrap_or_default();
                assert!(["queued", "converting", "done"].contains(&state), "{job:#}");
                (state == "done").then_some(())
            });
        }
    }

    /// Sends a request to the current gateway. If that gateway is gone, looks up its
    /// successor and tries again, as curl does with `--retry`.
    fn ask(&self, client: &Client, ask: impl Fn(&Client) -> Ask<'_>) -> Reply {
        wait::until("the gateway to answer", || {
            let gateway = self.gateway.read().unwrap().clone();
            ask(&client.at(&gateway)).try_send().ok()
        })
    }

    fn wait_for_more(&self) {
        let before = self.count.load(Ordering::SeqCst);
        wait::until("more uploads to be accepted", || {
            (self.count.load(Ordering::SeqCst) >= before + BETWEEN).then_some(())
        });
    }
}

#[test]
fn a_rolling_update_of_each_service_loses_no_upload() {
    let mut app = Setup::new().split().variable("lease_seconds", 5).start();
    let users = USERS.map(|name| app.user(name));
    let clip = media::long_mp4();
    let bytes = clip.bytes();
    let shared = Shared {
        gateway: RwLock::new(app.base()),
        accepted: Mutex::default(),
        count: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        // Also if a replacement fails: the threads would never end.
        let _over = SetOnDrop(&shared.over);
        for (user, client) in users.iter().enumerate() {
            let (shared, bytes) = (&shared, &bytes);
            scope.spawn(move || shared.upload_repeatedly(user, client, bytes));
        }
        for service in SERVICES {
            shared.wait_for_more();
            app.roll(service, |app| {
                *shared.gateway.write().unwrap() = app.base();
            });
        }
        shared.wait_for_more();
    });

    let users = users.map(|user| user.at(&app.base()));
    let accepted = shared.accepted.into_inner().unwrap();
    assert!(accepted.len() >= BETWEEN * (SERVICES.len() + 1));
    for (user, fid) in &accepted {
        let job = users[*user].ended_job(fid);
        assert_eq!(job["state"], "done", "{job:#}");
        users[*user].mailed_job(fid);
    }
    let mails = mails(&app.client());
    for (_, fid) in &accepted {
        let about = mails.iter().filter(|mail| mail.to_string().contains(fid));
        assert_eq!(about.count(), 1, "emails about {fid}");
    }
    assert_eq!(mails.len(), accepted.len(), "emails about other files");
    let (user, last) = accepted.last().unwrap();
    let mp3 = users[*user].download(last);
    assert_same(&Decoded::of(&mp3.body), &clip);
    logs_in_again(&app);
}

/// The accounts survive the replacement of auth.
fn logs_in_again(app: &TestApp) {
    let client = app.client();
    let login = client.ask("POST", "/login").basic(&email("ada"), PASSWORD);
    assert_eq!(login.send().status, 200);
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
