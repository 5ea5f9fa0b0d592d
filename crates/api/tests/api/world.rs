//! The surroundings of the API in memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use http::{Request, Response};
use tonearm_account_state::TokenFacts;
use tonearm_api::{Error, Platform};
use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{BlobError, BlobName, Store, Writer};
use tonearm_jobs::{
    Damage, DeadLetter, Failure, Job, JobId, MailState, Mp3, NewJob, Queue, State, Uploader,
};
use tonearm_options::Options;
use tonearm_tokens::{Claims, Signer, Subject, Terms};

use crate::queue::{Contents, MemoryQueue};

/// 2026-01-01T00:00:00Z.
pub const NOW: Duration = Duration::from_secs(1_767_225_600);
/// How long tokens are valid, in seconds.
pub const LIFETIME: u64 = 3600;
/// How long tokens of sessions are valid, in seconds.
pub const SESSION_LIFETIME: u64 = 14 * 24 * 3600;
/// An id that no job has.
pub const UNKNOWN: &str = "0190a0b1-0000-7000-8000-000000000000";
/// A metrics token of sufficient length.
pub const METRICS_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Changes the queue while the API sleeps.
pub type OnSleep = Box<dyn FnMut(&mut Contents)>;

/// The platform of one test.
pub struct World {
    pub queue: MemoryQueue,
    pub files: FileStore,
    pub signer: RefCell<Signer>,
    pub variables: RefCell<BTreeMap<&'static str, String>>,
    /// Time since [`NOW`]. Sleeping advances it.
    pub elapsed: Cell<Duration>,
    /// The time at which a request waits in vain.
    pub deadline: Cell<Duration>,
    /// Requests that auth received, and whether it responds.
    pub auth_requests: RefCell<Vec<Request<Vec<u8>>>>,
    pub is_auth_down: Cell<bool>,
    /// The status of each response of auth.
    pub auth_status: Cell<u16>,
    /// Called on each sleep.
    pub on_sleep: RefCell<Option<OnSleep>>,
}

/// A store that can fail.
#[derive(Default)]
pub struct FileStore {
    pub memory: MemoryStore,
    pub is_down: Cell<bool>,
    /// The queue of the same world, which counts the operations of a gateway that is to die.
    pub queue: MemoryQueue,
}

impl FileStore {
    fn check(&self, key: &str) -> Result<(), BlobError> {
        match self.is_down.get() || !self.queue.0.borrow_mut().operate() {
            true => Err(BlobError::Store {
                key: key.to_owned(),
                reason: "database is locked".to_owned(),
            }),
            false => Ok(()),
        }
    }

    /// The keys of blobs.
    pub fn blobs(&self) -> Vec<String> {
        let keys = self.memory.keys().into_iter();
        keys.filter(|key| key != "gateway:jwks").collect()
    }
}

impl Store for FileStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.check(key)?;
        self.memory.get(key)
    }
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError> {
        self.check(key)?;
        self.memory.set(key, value)
    }
    fn delete(&self, key: &str) -> Result<(), BlobError> {
        self.check(key)?;
        self.memory.delete(key)
    }
    fn exists(&self, key: &str) -> Result<bool, BlobError> {
        self.check(key)?;
        self.memory.exists(key)
    }
}

impl World {
    pub fn new() -> Self {
        let variables = [
            ("auth_url", "http://auth.test/"),
            ("token_issuer", "tonearm"),
            ("token_audience", "tonearm-api"),
            ("public_url", "http://127.0.0.1:3000"),
            ("metrics_token", METRICS_TOKEN),
            ("upload_max_bytes", "100000"),
            ("upload_max_files", "3"),
            ("user_max_active_jobs", "5"),
            ("chunk_bytes", "1024"),
            ("upload_keep_seconds", "86400"),
            ("mp3_quality", "1"),
            ("mp3_bitrate", ""),
            ("mp3_effort", "7"),
            ("mp3_mono", "false"),
            ("mp3_gaps", "keep"),
            ("mp3_normalize", "false"),
            ("normalize_lufs", "-16"),
        ];
        let variables = variables.map(|(name, value)| (name, value.to_owned()));
        let queue = MemoryQueue::default();
        Self {
            files: FileStore {
                queue: queue.clone(),
                ..FileStore::default()
            },
            queue,
            signer: RefCell::new(Signer::generate()),
            variables: RefCell::new(variables.into()),
            elapsed: Cell::default(),
            deadline: Cell::new(Duration::from_secs(7200)),
            auth_requests: RefCell::default(),
            is_auth_down: Cell::default(),
            auth_status: Cell::new(200),
            on_sleep: RefCell::default(),
        }
    }

    pub fn set_variable(&self, name: &'static str, value: &str) {
        self.variables.borrow_mut().insert(name, value.to_owned());
    }

    pub fn contents(&self) -> std::cell::RefMut<'_, Contents> {
        self.queue.0.borrow_mut()
    }

    pub fn advance(&self, duration: Duration) {
        self.elapsed.set(self.elapsed.get() + duration);
        self.contents().now = self.elapsed.get();
    }

    /// A token of the user `name`; the user `admin` is an administrator.
    pub fn token(&self, name: &str) -> String {
        self.token_of_session(name, None)
    }

    /// A token of the user `name` in a session.
    pub fn token_of_session(&self, name: &str, session: Option<&str>) -> String {
        let terms = Terms {
            issuer: "tonearm",
            audience: "tonearm-api",
            now: self.unix_time().as_secs(),
            lifetime: match session {
                Some(_) => SESSION_LIFETIME,
                None => LIFETIME,
            },
        };
        let address = format!("{name}@example.org");
        let user = Subject {
            id: name,
            email: &address,
            is_admin: name == "admin",
            is_confirmed: true,
            version: 0,
            session,
        };
        let claims = Claims::new(&user, &terms);
        self.signer.borrow().sign(&claims).unwrap()
    }

    /// A new token of ada's session, as auth sends it.
    fn session(&self) -> Vec<u8> {
        let session = serde_json::json!({
            "token": self.token_of_session("ada", Some("s1")),
            "token_type": "Bearer",
            "expires_in": SESSION_LIFETIME,
            "account": "ada",
            "email": "ada@example.org",
        });
        session.to_string().into_bytes()
    }

    /// A job of `owner` in a given state, as `change` makes it.
    pub fn add_job(&self, owner: &str, change: impl FnOnce(&mut Job)) -> JobId {
        let id = JobId::generate();
        let file = NewJob {
            id,
            name: "talk.mp4".to_owned(),
            media_type: "video/mp4".to_owned(),
            bytes: 1000,
            blob: format!("video/{id}"),
            options: Options::default(),
        };
        let uploader = Uploader {
            owner: owner.to_owned(),
            username: format!("{owner}@example.org"),
            notify: true,
            is_confirmed: true,
            traceparent: String::new(),
        };
        let accepted = tonearm_api::JobQueue::accept(&self.queue, &uploader, &[file], u64::MAX);
        assert_eq!(accepted.unwrap(), tonearm_jobs::Accepted::All);
        change(self.contents().jobs.get_mut(&id).unwrap());
        id
    }

    /// A finished job of `owner` with this MP3, whose email has been sent.
    pub fn add_mp3(&self, owner: &str, mp3: &[u8]) -> JobId {
        let id = self.add_job(owner, |_| {});
        let blob = format!("mp3/{id}/1");
        let name = BlobName::new(&blob).unwrap();
        let mut writer = Writer::new(&self.files, name, 1024);
        writer.write(mp3).unwrap();
        writer.finish("audio/mpeg").unwrap();
        let mut contents = self.contents();
        let job = contents.jobs.get_mut(&id).unwrap();
        (job.state, job.progress, job.attempt) = (State::Done, 1.0, 1);
        job.mail = Some(MailState::Sent);
        job.mp3 = Some(Mp3 {
            blob,
            bytes: mp3.len() as u64,
            duration: Duration::from_millis(1500),
            damage: Damage::default(),
            tracks: Vec::new(),
            track_warnings: Vec::new(),
        });
        drop(contents);
        id
    }

    /// A dead letter of a job of `ada`.
    pub fn add_dead_letter(&self, queue: Queue, kept_until_ms: Option<u64>) -> JobId {
        let id = self.add_job("ada", |job| job.state = State::Failed);
        let mut contents = self.contents();
        let number = contents.dead_letters.len();
        contents.dead_letters.push((
            queue,
            DeadLetter {
                id,
                entry: format!("1700000000000-{number}"),
                died_ms: 1_700_000_000_000,
                error: Failure::new("gave_up", "Tried too often."),
                attempts: 1,
                name: "talk.mp4".to_owned(),
                username: "ada@example.org".to_owned(),
                kept_until_ms,
            },
        ));
        id
    }
}

impl Platform for World {
    type Queue = MemoryQueue;
    type Files = FileStore;

    fn queue(&self) -> Result<MemoryQueue, Error> {
        match self.contents().is_down {
            true => Err(crate::queue::broken().into()),
            false => Ok(self.queue.clone()),
        }
    }

    fn reconnect(&self) -> Result<MemoryQueue, Error> {
        self.queue()
    }

    fn is_revoked(&self, token: &TokenFacts<'_>) -> Result<bool, Error> {
        Ok(self.queue.is_revoked(token)?)
    }

    fn files(&self) -> Result<&FileStore, Error> {
        self.files.check("default")?;
        Ok(&self.files)
    }

    /// Auth: its key set, tokens of ada's session, and an echo on every other path.
    fn fetch(&self, request: &Request<Vec<u8>>, _: Duration) -> Result<Response<Vec<u8>>, Error> {
        self.auth_requests.borrow_mut().push(request.clone());
        if self.is_auth_down.get() {
            return Err(Error::AuthUnavailable("connection refused".to_owned()));
        }
        let path = request.uri().path();
        let (status, body) = match (request.method().as_str(), path) {
            (_, "/auth/.well-known/jwks.json") => {
                (200, self.signer.borrow().public().to_json().into_bytes())
            }
            ("POST", "/auth/session") => (201, self.session()),
            ("POST", "/auth/session/renew" | "/auth/account/password") => (200, self.session()),
            ("DELETE", _) => (204, Vec::new()),
            _ => (200, request.body().clone()),
        };
        let status = match self.auth_status.get() {
            200 => status,
            refused => refused,
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", "text/plain")
            .header("server", "auth")
            .header("set-cookie", "auth=1")
            .header("content-security-policy", "default-src 'none'")
            .header("referrer-policy", "no-referrer");
        if status == 401 {
            response = response.header("www-authenticate", "Basic realm=\"tonearm\"");
        }
        Ok(response.body(body).unwrap())
    }

    fn variable(&self, name: &str) -> Result<String, Error> {
        let variables = self.variables.borrow();
        variables.get(name).cloned().ok_or_else(|| Error::Config {
            name: name.to_owned(),
            reason: "undefined".to_owned(),
        })
    }

    fn unix_time(&self) -> Duration {
        NOW + self.elapsed.get()
    }

    fn monotonic_time(&self) -> Duration {
        self.elapsed.get()
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
        if let Some(on_sleep) = self.on_sleep.borrow_mut().as_mut() {
            on_sleep(&mut self.contents());
        }
        // A test that waits in vain must end.
        assert!(self.elapsed.get() < self.deadline.get(), "endless");
        let _ = std::io::stderr().flush();
    }
}
