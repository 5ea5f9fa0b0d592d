//! A notifier with a Redis of its own and an email API in memory.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value as Json;
use tonearm_jobs::{Jobs, LetterId, Redis, Value};
use tonearm_letters::{Event, Letter, LetterError, SealingKey};
use tonearm_mail::Variables;
use tonearm_notify::{EmailApi, Settings, drain};
use tonearm_test_tools::redis_server::{Connection, RedisServer};
use tonearm_worker::{QueueClient, SystemClock};

pub const TOKEN: &str = "dG9rZW4tb2YtYS1saW5r";
pub const ADDRESS: &str = "grace@example.org";
pub const MAX_ATTEMPTS: u32 = 3;

/// What the email API does with the next requests.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Status(u16),
    /// The email is sent, but the reply is lost.
    Lost,
}

/// An email API that keeps what it is sent.
pub struct Mailbox {
    pub answer: Cell<Answer>,
    pub received: RefCell<Vec<Json>>,
}

impl EmailApi for Mailbox {
    fn send(&self, request: &http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, String> {
        let mail = serde_json::from_slice(request.body()).unwrap();
        self.received.borrow_mut().push(mail);
        match self.answer.get() {
            Answer::Status(status) => Ok(http::Response::builder()
                .status(status)
                .body(Vec::new())
                .unwrap()),
            Answer::Lost => Err("connection reset".to_owned()),
        }
    }
}

pub struct World {
    server: Rc<RedisServer>,
    pub jobs: Jobs<Connection>,
    pub redis: Connection,
    pub api: Mailbox,
    pub settings: Settings,
}

pub fn key(letter: &str) -> Result<SealingKey, LetterError> {
    SealingKey::parse(&letter.repeat(64))
}

impl World {
    pub fn new(server: RedisServer) -> Self {
        let mail = tonearm_mail::Settings::parse(&Variables {
            provider: "generic".to_owned(),
            api_url: "http://localhost".to_owned(),
            api_path: "/emails".to_owned(),
            from: "t@localhost".to_owned(),
            ..Variables::default()
        });
        Self {
            jobs: Jobs::new(server.connect()),
            redis: server.connect(),
            server: Rc::new(server),
            api: Mailbox {
                answer: Cell::new(Answer::Status(200)),
                received: RefCell::default(),
            },
            settings: Settings {
                mail: mail.unwrap(),
                public_url: "https://tonearm.example".to_owned(),
                lease: Duration::from_secs(60),
                max_attempts: MAX_ATTEMPTS,
                letter_key: key("k"),
            },
        }
    }

    /// Posts a letter about a forgotten password, as auth does.
    pub fn post(&self) -> LetterId {
        let id = LetterId::generate();
        self.post_as(id);
        id
    }

    pub fn post_as(&self, id: LetterId) {
        let event = Event::ResetPassword {
            token: TOKEN.to_owned(),
            valid_seconds: 3600,
        };
        let to = ADDRESS.to_owned();
        let sealed = key("k")
            .unwrap()
            .seal(&id.to_string(), &Letter { to, event });
        assert!(self.jobs.post_letter(id, &sealed.unwrap()).unwrap());
    }

    /// One run of the notifier.
    pub fn drain(&self) {
        let server = Rc::clone(&self.server);
        let clock = Rc::new(SystemClock::default());
        let client = QueueClient::open(move || Ok(server.connect()), clock).unwrap();
        drain(&client, &self.api, &self.settings, "notifier-1".to_owned()).unwrap();
    }

    /// Runs of the notifier, with the pauses between attempts over.
    pub fn drain_times(&self, times: u32) {
        for _ in 0..times {
            self.drain();
            for queue in ["letter", "mp3"] {
                self.redis
                    .expire_all(&format!("tonearm:queue:{queue}:leases"));
            }
        }
    }

    pub fn received(&self) -> Vec<Json> {
        self.api.received.take()
    }

    pub fn counter(&self, name: &str) -> i64 {
        let counters = self.jobs.metrics().unwrap().counters;
        counters.get(name).copied().unwrap_or_default()
    }

    /// All keys in Redis and all that is in them, as anybody can read it who has the
    /// connection.
    pub fn all_of_redis(&self) -> String {
        let texts = |values: Vec<Value>| values.iter().filter_map(Value::text).collect::<Vec<_>>();
        let mut all = Vec::new();
        for key in texts(self.redis.run("KEYS", &["*"]).unwrap()) {
            let kind = texts(self.redis.run("TYPE", &[&key]).unwrap());
            let content = match kind.concat().as_str() {
                "hash" => self.redis.run("HGETALL", &[&key]),
                "stream" => self.redis.run("XRANGE", &[&key, "-", "+"]),
                "zset" => self.redis.run("ZRANGE", &[&key, "0", "-1"]),
                "list" => self.redis.run("LRANGE", &[&key, "0", "-1"]),
                "set" => self.redis.run("SMEMBERS", &[&key]),
                "string" => self.redis.run("GET", &[&key]),
                other => panic!("{key} is a {other}"),
            };
            all.push(key);
            all.extend(texts(content.unwrap()));
        }
        all.join("\n")
    }
}
