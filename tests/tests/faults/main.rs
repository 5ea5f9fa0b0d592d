//! The fault suite: no accepted job is ever lost, whichever process is killed.
//!
//! Real processes work on real uploads while a seeded plan kills and pauses them, at
//! random moments and at each named point of the pipeline. Then a checker compares the
//! responses to users with the stores. `docs/reliability.md` has the promises and the
//! results, `docs/testing.md` how to run the suite.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod check;
mod email_api;
mod end;
mod fault;
mod history;
mod load;
mod media_kinds;
mod monitor;
mod plan;
mod point;
mod process;
mod quiet;
mod resumable;
mod rng;
mod round;
mod stores;
mod table;
mod world;

use std::time::{SystemTime, UNIX_EPOCH};

use load::Quota;
use tonearm_e2e::paths;
use tonearm_e2e::runtime::Runtime;
use world::Files;

/// One round with every kind of fault, in about a minute.
#[test]
fn nothing_accepted_is_ever_lost() {
    let quota = Quota {
        uploads: setting("UPLOADS").unwrap_or(24),
        faults: setting("KILLS").unwrap_or(10),
    };
    run(vec![plan::everything(Files::Redis)], quota);
}

/// One round per row of the table: `make test-faults`.
#[test]
#[ignore = "takes a quarter of an hour"]
fn nothing_accepted_is_ever_lost_in_the_long_run() {
    let only = std::env::var("ROW").unwrap_or_default();
    let mut rows = plan::long();
    rows.retain(|row| row.name.contains(&only));
    let killing = rows.iter().filter(|row| row.kills()).count().max(1) as u64;
    let quota = Quota {
        uploads: setting("UPLOADS")
            .unwrap_or(1100)
            .div_ceil(rows.len() as u64),
        faults: setting("KILLS").unwrap_or(220).div_ceil(killing),
    };
    run(rows, quota);
}

fn run(rows: Vec<plan::Row>, quota: Quota) {
    if Runtime::find().is_ok_and(|runtime| runtime.is_spin()) {
        println!("SKIPPED: Spin ends when Redis does");
        return;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = setting("SEED").unwrap_or_else(|| now.expect("after 1970").as_secs());
    let folder = paths::media_cache()
        .with_file_name("faults")
        .join(seed.to_string());
    println!("SEED={seed}; logs and table in {}", folder.display());
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let logs = folder.join(format!("round-{}", number + 1));
        let (outcome, found) = round::run(row, quota, seed.wrapping_add(number as u64), &logs);
        let found = found
            .into_iter()
            .map(|what| format!("{}: {what}", row.name));
        wrong.extend(found.inspect(|what| println!("WRONG: {what}")));
        outcomes.push(outcome);
        // After each round, since a long run takes a while.
        let table = table::markdown(&outcomes);
        std::fs::write(folder.join("table.md"), &table).expect("the table can be written");
    }
    println!("{}", table::markdown(&outcomes));
    assert!(wrong.is_empty(), "SEED={seed}:\n{}", wrong.join("\n"));
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")),
    )
}
