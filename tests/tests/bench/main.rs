//! What a conversion costs beside ffmpeg: `make bench`, which brings the material
//! along. Both sides take turns in one run, on the same files and with the same
//! settings of the same encoder; only ratios are worth comparing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod cost;
mod material;

use std::time::Duration;

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::runtime::Runtime;

use cost::{Cost, bytes_of_store, of_ffmpeg, of_tonearm, resident};
use material::Material;

/// Settings of LAME: quality (-V) and effort (-q). Ours, and what ffmpeg's
/// `-q:a 2` stands for.
const SETTINGS: [(u8, u8); 2] = [(1, 7), (2, 5)];
/// Seconds of a segment: never cut, and as by default.
const SEGMENTS: [u32; 2] = [0, 120];
/// The longest that one conversion may take.
const LIMIT: Duration = Duration::from_secs(1800);

#[test]
#[ignore = "takes a quarter of an hour: make bench"]
fn what_it_costs_beside_ffmpeg() {
    assert!(
        matches!(Runtime::find(), Ok(Runtime::Host(_))),
        "one process is measured, and Spin has several"
    );
    // A part of a file's name, to measure one alone.
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let files = material::all(&only);
    let pictures = material::big_pictures(&only);
    let count = files.len() + pictures.len();
    assert!(count > 0, "no file has {only:?} in its name");
    // Compiles the components, into a cache that those after it find.
    drop(Setup::new().together().start());
    println!(
        "\n| file | sound | settings | CPU, one piece | CPU, segments | wall, one piece | wall, segments | peak memory, one piece | above an idle host's | peak memory, segments |"
    );
    println!("|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (quality, effort) in SETTINGS {
        for file in &files {
            // Hosts of its own, as ffmpeg is a process of its own: what has run for
            // other files stays in memory.
            let [whole, cut] = SEGMENTS.map(|segment| {
                let setup = cutting(segment).together();
                let setup = setup.variable("mp3_quality", quality);
                setup.variable("mp3_effort", effort).start()
            });
            let idle = resident(&whole);
            let mut turns = Vec::new();
            for turn in 0..file.turns() {
                turns.push([
                    of_tonearm(&whole, file, turn, LIMIT),
                    of_ffmpeg(file, quality, effort),
                    of_tonearm(&cut, file, turn, LIMIT),
                ]);
            }
            let [ours, theirs, shared] = [0, 1, 2].map(|side| least(&turns, side));
            report(file, (quality, effort), idle, &ours, &theirs, &shared);
            sounds_alike(&whole, &cut, &ours, &shared);
        }
    }
    println!(
        "\n| file | bytes read, of the file | of its sound | in segments, of the file | of its sound |"
    );
    println!("|---|--:|--:|--:|--:|");
    // The settings of the encoder make no difference. With files in Redis, which counts.
    let apps = SEGMENTS.map(|segment| cutting(segment).split().start());
    for file in files.iter().chain(&pictures) {
        print!("| {} |", file.name);
        for app in &apps {
            let read = bytes_of_store(app, file, LIMIT) as f64;
            let (of_file, of_sound) = (read / file.bytes as f64, read / file.sound_bytes as f64);
            print!(" {of_file:.2} | {of_sound:.1} |");
        }
        println!();
    }
}

/// An app that cuts what is twice as long into segments of so many seconds, 0 for never.
fn cutting(segment: u32) -> Setup {
    Setup::new()
        .variable("segment_seconds", segment)
        .variable("upload_max_bytes", 4_000_000_000u64)
}

/// Of several turns the one with the least CPU time: the others had company.
fn least(turns: &[[Cost; 3]], side: usize) -> Cost {
    let costs = turns.iter().map(|turn| turn[side]);
    costs.min_by(|a, b| a.cpu.total_cmp(&b.cpu)).unwrap()
}

/// One line of the table: ffmpeg's figures, and ours as ratios of them. `idle` is what
/// our process held before it had anything to do, in bytes.
fn report(
    file: &Material,
    (quality, effort): (u8, u8),
    idle: u64,
    ours: &Cost,
    theirs: &Cost,
    shared: &Cost,
) {
    let against = |ours: f64, theirs: f64, unit: &str| {
        format!("{:.2} ({ours:.1} of {theirs:.1} {unit})", ours / theirs)
    };
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "| {} | {:.0} s | V{quality} q{effort} | {} | {} | {} | {} | {} | {} | {} |",
        file.name,
        file.seconds,
        against(ours.cpu, theirs.cpu, "s"),
        against(shared.cpu, theirs.cpu, "s"),
        against(ours.wall, theirs.wall, "s"),
        against(shared.wall, theirs.wall, "s"),
        against(mb(ours.peak), mb(theirs.peak), "MB"),
        against(mb(ours.peak.saturating_sub(idle)), mb(theirs.peak), "MB"),
        against(mb(shared.peak), mb(theirs.peak), "MB"),
    );
}

/// A benchmark of the wrong thing is quick: both made all of the sound.
fn sounds_alike(whole: &TestApp, cut: &TestApp, ours: &Cost, shared: &Cost) {
    for (app, cost) in [(whole, ours), (cut, shared)] {
        let wanted = cost.seconds;
        assert!(wanted > 0.0, "{}", app.base());
    }
    assert!((ours.seconds - shared.seconds).abs() < 0.001);
}
