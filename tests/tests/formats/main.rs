//! The table of formats: ffmpeg makes every file, the running app converts it, and its MP3
//! is compared with ffmpeg's decode of the same file.
//!
//! | file | contents |
//! |---|---|
//! | `cases.rs` | the files |
//! | `generate.rs` | generates the files |
//! | `measure.rs` | length, level and noise of an MP3 |
//! | `report.rs` | writes and compares `docs/formats.md` |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod cases;
mod generate;
mod measure;
mod report;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::Value;
use tonearm_demux::Container;
use tonearm_e2e::app::Setup;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_media_core::Input;

use crate::cases::{Case, Expect, Group};
use crate::measure::Measured;
use crate::report::Row;

/// Files per upload.
const BATCH: usize = 20;

#[test]
fn every_format_is_converted_as_documented() {
    let cases = cases::all();
    let made = in_parallel(&cases, generate::generate);
    assert_every_container_has_a_file(&cases, &made);
    // The best quality on both sides, so that MP3 itself loses little.
    let app = Setup::new()
        .variable("mp3_quality", 0)
        .variable("mp3_effort", measure::EFFORT)
        .variable("user_max_active_jobs", cases.len())
        .start();
    let ada = app.user("ada");
    let mut jobs: Vec<Value> = Vec::new();
    for files in cases.iter().zip(&made).collect::<Vec<_>>().chunks(BATCH) {
        let form = files.iter().fold(Form::new(), |form, (case, path)| {
            form.and_file("file", case.name, &std::fs::read(path).unwrap())
        });
        jobs.extend(jobs_of(&ada.upload(&form)));
    }
    let ended: Vec<(Value, Option<Vec<u8>>)> = jobs
        .iter()
        .map(|job| {
            let job = ada.ended_job(id(job));
            let is_done = job["state"] == "done";
            let mp3 = is_done.then(|| ada.download(id(&job)).body);
            (job, mp3)
        })
        .collect();
    let converted: Vec<_> = cases.iter().zip(&made).zip(&ended).collect();
    let rows = in_parallel(&converted, |((case, path), (job, mp3))| {
        let Some(mp3) = mp3 else {
            return Row::failed(case, &job["error"]);
        };
        let mp3 = Decoded::of(mp3);
        match &case.expect {
            Expect::Audio(audio) => Row::converted(case, &measure::compare(&mp3, path, audio)),
            Expect::Error(_) => Row::converted(case, &Measured::default()),
        }
    });
    report::check(&rows);
}

/// Containers that ffmpeg does not write. The packets of their files are compared with
/// ffmpeg's in `crates/demux/tests`, and DSD is decoded in the tests of the plugin.
const NOT_WRITTEN: &[Container] = &[
    Container::Ape,
    Container::Musepack7,
    Container::Musepack8,
    Container::Dsf,
    Container::Dsdiff,
];

/// Fails if no case covers a container of the table.
fn assert_every_container_has_a_file(cases: &[Case], made: &[PathBuf]) {
    let mut found = Vec::new();
    for (_, path) in cases
        .iter()
        .zip(made)
        .filter(|(case, _)| case.group != Group::Refused)
    {
        let mut file = Input::new(File::open(path).unwrap()).unwrap();
        found.extend(tonearm_demux::probe(&mut file).map(|(container, _)| container));
    }
    let all = Container::ALL.iter();
    for container in all.filter(|container| !NOT_WRITTEN.contains(container)) {
        assert!(
            found.contains(container),
            "no file in cases.rs is {container:?}"
        );
    }
}

/// Calls `work` for every item, on two threads, and returns the results in order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((at, item)) = next.lock().unwrap().next() else {
                        break;
                    };
                    let result = work(item);
                    done.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
