//! The content of the stores, read directly.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::Connection;
use rusqlite::OpenFlags;
use serde_json::Value;
use tonearm_jobs::JobId;

use crate::world::{Files, World};

const GARBAGE: &str = "tonearm:garbage";
const JOB: &str = "tonearm:job:";
const SEGMENTS: &str = ":segments";

type Hash = BTreeMap<String, String>;

/// The hashes of a job; empty where there is none.
#[derive(Debug, PartialEq, Eq)]
pub struct StoredJob {
    job: Hash,
    convert: Hash,
    mail: Hash,
}

/// Everything in the stores at one moment.
pub struct Stores {
    /// By id: every job of which any key exists.
    pub jobs: BTreeMap<String, StoredJob>,
    /// Every key that belongs to a file.
    pub blobs: BTreeSet<String>,
    /// Non-empty queues, lists of leases, …, described in words.
    pub unfinished: Vec<String>,
    /// Blobs that garbage collection tracks.
    pub garbage: Vec<String>,
    /// The ids in the users' lists of jobs.
    pub listed: BTreeSet<String>,
}

impl Stores {
    /// Reads the stores.
    pub fn of(world: &World) -> Self {
        let mut redis = world.redis().expect("Redis answers by now");
        let keys: Vec<String> = ask(&mut redis, &["KEYS", "*"]);
        let ids = keys.iter().filter_map(|key| key.strip_prefix(JOB));
        let ids: BTreeSet<_> = ids.filter_map(|rest| rest.split(':').next()).collect();
        let mut hash = |key: String| ask(&mut redis, &["HGETALL", &key]);
        let jobs = ids.into_iter().map(|id| {
            let job = StoredJob {
                job: hash(format!("{JOB}{id}")),
                convert: hash(format!("{JOB}{id}:convert")),
                mail: hash(format!("{JOB}{id}:mail")),
            };
            (id.to_owned(), job)
        });
        let jobs = jobs.collect();
        let listed = keys
            .iter()
            .filter(|key| key.starts_with("tonearm:owner:") && key.ends_with(":jobs"))
            .flat_map(|key| ask::<Vec<String>>(&mut redis, &["ZRANGE", key, "0", "-1"]))
            .collect();
        Self {
            jobs,
            blobs: blobs(world, &keys),
            unfinished: unfinished(&mut redis, &keys),
            garbage: ask(&mut redis, &["ZRANGE", GARBAGE, "0", "-1"]),
            listed,
        }
    }

    /// Whether no work is queued or running.
    pub fn are_quiet(&self) -> bool {
        let state = |work: &Hash| work.get("state").cloned().unwrap_or_default();
        let ended = |job: &StoredJob| {
            matches!(&*state(&job.convert), "done" | "failed") && state(&job.mail) == "done"
        };
        self.unfinished.is_empty() && self.jobs.values().all(ended)
    }

    /// The keys of the MP3s of these jobs.
    pub fn owned(&self, world: &World) -> BTreeSet<String> {
        let mut owned = BTreeSet::new();
        for blob in self.jobs.values().filter_map(|job| job.job.get("mp3_blob")) {
            let manifest = own(world, blob, &mut owned);
            for part in manifest["parts"].as_array().into_iter().flatten() {
                own(world, part["name"].as_str().unwrap_or_default(), &mut owned);
            }
        }
        owned
    }
}

/// Adds the keys of a blob, and returns its manifest.
fn own(world: &World, blob: &str, owned: &mut BTreeSet<String>) -> Value {
    let key = format!("blob:{blob}");
    let manifest: Value = value(world, &key)
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default();
    let number = |of: &Value, field: &str| of[field].as_u64().unwrap_or(0);
    let parts = manifest["parts"].as_array().into_iter().flatten();
    let parts: u64 = parts.map(|part| number(part, "bytes")).sum();
    let bytes = number(&manifest, "bytes") - parts;
    let chunks = bytes.div_ceil(number(&manifest, "chunk_bytes").max(1));
    owned.extend((0..chunks).map(|chunk| format!("{key}:{chunk}")));
    owned.insert(key);
    manifest
}

/// Expires every staged blob, as the passing of a quarter of an hour does.
pub fn expire_garbage(world: &World) {
    let mut redis = world.redis().expect("Redis answers by now");
    for blob in ask::<Vec<String>>(&mut redis, &["ZRANGE", GARBAGE, "0", "-1"]) {
        ask::<i64>(&mut redis, &["ZADD", GARBAGE, "XX", "1", &blob]);
    }
}

/// The ids of jobs that each email in the mailbox mentions.
pub fn mails(world: &World) -> Vec<BTreeSet<String>> {
    let mut redis = world.redis().expect("Redis answers by now");
    let entries: Vec<(String, Vec<String>)> =
        ask(&mut redis, &["XRANGE", "tonearm:mailbox:emails", "-", "+"]);
    entries
        .iter()
        .map(|(_, fields)| ids_in(&fields[1]))
        .collect()
}

/// Every job id in a text.
fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let ids = words.filter(|word| JobId::parse(word).is_some());
    ids.map(str::to_owned).collect()
}

fn unfinished(redis: &mut Connection, keys: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |what: String, count: i64| {
        if count > 0 {
            found.push(format!("{what}: {count}"));
        }
    };
    for queue in ["video", "segment", "mp3", "letter"] {
        let stream = format!("tonearm:queue:{queue}");
        note(format!("{queue} queue"), ask(redis, &["XLEN", &stream]));
        let leases = format!("{stream}:leases");
        note(format!("{queue} leases"), ask(redis, &["ZCARD", &leases]));
        let dead = format!("{stream}:dead");
        note(
            format!("{queue} dead letters"),
            ask(redis, &["XLEN", &dead]),
        );
        if keys.contains(&stream) {
            let groups: Vec<BTreeMap<String, redis::Value>> =
                ask(redis, &["XINFO", "GROUPS", &stream]);
            for group in groups {
                let pending = redis::from_redis_value(group["pending"].clone());
                note(format!("{queue} pending"), pending.expect("a number"));
            }
        }
    }
    for key in keys.iter().filter(|key| key.ends_with(SEGMENTS)) {
        note(key.clone(), 1);
    }
    for key in keys.iter().filter(|key| key.ends_with(":active")) {
        note(key.clone(), ask(redis, &["SCARD", key]));
    }
    found
}

fn blobs(world: &World, redis_keys: &[String]) -> BTreeSet<String> {
    let all = match world.files {
        Files::Redis => redis_keys.to_vec(),
        Files::Sqlite => {
            let database = open(world);
            let mut query = database
                .prepare("SELECT key FROM spin_key_value")
                .expect("the table is Spin's own");
            let keys = query.query_map([], |row| row.get(0));
            keys.and_then(Iterator::collect).expect("keys are text")
        }
    };
    let mut all: BTreeSet<String> = all.into_iter().collect();
    all.retain(|key| key.starts_with("blob:"));
    all
}

fn value(world: &World, key: &str) -> Option<Vec<u8>> {
    match world.files {
        Files::Redis => ask(
            &mut world.redis().expect("Redis answers by now"),
            &["GET", key],
        ),
        Files::Sqlite => {
            let sql = "SELECT value FROM spin_key_value WHERE key = ?1";
            open(world).query_row(sql, [key], |row| row.get(0)).ok()
        }
    }
}

fn open(world: &World) -> rusqlite::Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(world.sqlite(), flags);
    let database = database.expect("the key-value file opens");
    let patience = database.busy_timeout(Duration::from_secs(10));
    patience.expect("a timeout can be set");
    database
}

fn ask<T: redis::FromRedisValue>(redis: &mut Connection, command: &[&str]) -> T {
    let mut asked = redis::cmd(command[0]);
    asked.arg(&command[1..]);
    asked
        .query(redis)
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}
