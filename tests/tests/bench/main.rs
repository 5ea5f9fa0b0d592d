//! The cost of a conversion, compared with ffmpeg: `make bench`, which provides the files.
//! Both sides take turns in one run, with the same files, encoder and settings. Only the
//! ratios are comparable between machines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod codecs;
mod cost;
mod material;

use std::time::Duration;

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::runtime::Runtime;

use cost::{Cost, bytes_read, of_ffmpeg, of_tonearm, resident};
use material::Material;

/// Settings of LAME: quality (`-V`) and effort (`-q`). The app's defaults, and those of
/// ffmpeg's `-q:a 2`.
const SETTINGS: [(u8, u8); 2] = [(1, 7), (2, 5)];
/// Seconds per segment: never split, and the default.
const SEGMENTS: [u32; 2] = [0, 120];
/// Maximum duration of a conversion.
const LIMIT: Duration = Duration::from_secs(1800);

#[test]
#[ignore = "takes a quarter of an hour: make bench"]
fn cost_compared_with_ffmpeg() {
    assert!(
        matches!(Runtime::find(), Ok(Runtime::Host(_))),
        "only one process is measured, but Spin has several"
    );
    // Selects files by a part of their names.
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let files = material::all(&only);
    let videos = material::high_bitrate_videos(&only);
    let codecs = material::codecs(&only);
    let count = files.len() + videos.len() + codecs.len();
    assert!(count > 0, "no file has {only:?} in its name");
    // Fill the cache of compiled components.
    drop(Setup::new().together().start());
    println!(
        "\n| file | duration | settings | CPU, one piece | CPU, segments | wall, one piece | wall, segments | peak memory, one piece | above an idle host's | peak memory, segments |"
    );
    println!("|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (quality, effort) in SETTINGS {
        // The codecs need no second encoder setting.
        let codecs: &[Material] = if quality == SETTINGS[0].0 {
            &codecs
        } else {
            &[]
        };
        for file in files.iter().chain(codecs) {
            // New hosts for each file, since a host keeps memory of earlier conversions. ffmpeg
            // is a new process as well.
            let [whole, split] = SEGMENTS.map(|segment| {
                let setup = with_segments(segment).together();
                let setup = setup.variable("mp3_quality", quality);
                setup.variable("mp3_effort", effort).start()
            });
            let idle = resident(&whole);
            let mut turns = Vec::new();
            for turn in 0..file.turns() {
                turns.push([
                    of_tonearm(&whole, file, turn, quality, LIMIT),
                    of_ffmpeg(file, quality, effort),
                    of_tonearm(&split, file, turn, quality, LIMIT),
                ]);
            }
            let [ours, theirs, segmented] = [0, 1, 2].map(|side| least(&turns, side));
            report(file, (quality, effort), idle, &ours, &theirs, &segmented);
            assert_complete(&whole, &split, &ours, &segmented);
        }
    }
    println!(
        "\n| file | bytes read per byte of the file | of its audio | in segments: of the file | of its audio |"
    );
    println!("|---|--:|--:|--:|--:|");
    // Encoder settings do not matter here. The files are in Redis, which counts the bytes.
    let apps = SEGMENTS.map(|segment| with_segments(segment).split().start());
    for file in files.iter().chain(&videos) {
        print!("| {} |", file.name);
        for app in &apps {
            let read = bytes_read(app, file, LIMIT) as f64;
            let (of_file, of_audio) = (read / file.bytes as f64, read / file.audio_bytes as f64);
            print!(" {of_file:.2} | {of_audio:.1} |");
        }
        println!();
    }
}

/// An app that splits files into segments of this many seconds; 0 for never.
fn with_segments(segment: u32) -> Setup {
    Setup::new()
        .variable("segment_seconds", segment)
        .variable("upload_max_bytes", 4_000_000_000u64)
}

/// The turn with the least CPU time: other processes have disturbed the others.
fn least(turns: &[[Cost; 3]], side: usize) -> Cost {
    let costs = turns.iter().map(|turn| turn[side]);
    costs.min_by(|a, b| a.cpu.total_cmp(&b.cpu)).unwrap()
}

/// Prints one row of the table, with the app's figures as ratios of ffmpeg's. `idle` is the
/// memory of the idle host, in bytes.
fn report(
    file: &Material,
    (quality, effort): (u8, u8),
    idle: u64,
    ours: &Cost,
    theirs: &Cost,
    segmented: &Cost,
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
        against(segmented.cpu, theirs.cpu, "s"),
        against(ours.wall, theirs.wall, "s"),
        against(segmented.wall, theirs.wall, "s"),
        against(mb(ours.peak), mb(theirs.peak), "MB"),
        against(mb(ours.peak.saturating_sub(idle)), mb(theirs.peak), "MB"),
        against(mb(segmented.peak), mb(theirs.peak), "MB"),
    );
}

/// Checks that both conversions have produced the whole MP3: a failed one would be fast.
fn assert_complete(whole: &TestApp, split: &TestApp, ours: &Cost, segmented: &Cost) {
    for (app, cost) in [(whole, ours), (split, segmented)] {
        let wanted = cost.seconds;
        assert!(wanted > 0.0, "{}", app.base());
    }
    assert!((ours.seconds - segmented.seconds).abs() < 0.001);
}
