//! A gigabyte of video goes through every component, and none of them holds
//! more than a small part of it.
//!
//!     cargo nextest run -p tonearm-e2e --run-ignored only large

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tonearm_e2e::app::Setup;
use tonearm_e2e::curl;
use tonearm_e2e::media::{self, LEFT, RIGHT};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tone::level;

/// What a component's linear memory may grow to.
const MEMORY: u64 = 64 * 1024 * 1024;

const TWO_HOURS: u32 = 2 * 60 * 60;

#[test]
#[ignore = "makes and converts a gigabyte, which takes minutes"]
fn a_gigabyte_goes_through_in_little_memory() {
    let video = a_gigabyte();
    let size = std::fs::metadata(&video).unwrap().len();
    assert!(size > 1_000_000_000, "{size} bytes");
    let mut app = Setup::new().report_memory().start();
    let ada = app.user("ada");
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(&video, folder.path().join("large.mp4")).unwrap();

    let took = Instant::now();
    let upload = format!(
        "curl -sS -X POST -F 'file=@./large.mp4' -H 'Authorization: Bearer {}' {}/upload",
        ada.token(),
        app.base()
    );
    let answer: serde_json::Value =
        serde_json::from_str(&curl::run(folder.path(), &upload)).unwrap();
    let fid = answer["jobs"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned();
    println!("uploaded {size} bytes in {:.0?}", took.elapsed());

    let took = Instant::now();
    let job = ada.ended_job_within(Duration::from_secs(1200), &fid);
    assert_eq!(job["state"], "done", "{job:#}");
    println!("converted in {:.0?}: {}", took.elapsed(), job["mp3"]);

    let mp3 = ada.download(&fid).body;
    heard_at_both_ends(&mp3);
    if !app.runtime().is_spin() {
        within_memory(&app.stop());
    }
}

/// Decoding two hours into memory would be a gigabyte of its own: the first and
/// the last minute tell as much.
fn heard_at_both_ends(mp3: &[u8]) {
    let seconds =
        Decoded::of(&mp3[..0x40000]).xing.unwrap().frames.unwrap() as f64 * 1152.0 / 48_000.0;
    assert!(
        (seconds - f64::from(TWO_HOURS)).abs() < 0.1,
        "{seconds} seconds"
    );
    for part in [&mp3[..0x80000], &mp3[mp3.len() - 0x80000..]] {
        let decoded = Decoded::of(part);
        for (samples, tone) in decoded.channels.iter().zip([LEFT, RIGHT]) {
            let middle = &samples[samples.len() / 2..][..decoded.rate as usize];
            let heard = level(middle, decoded.rate, tone.hertz);
            assert!(
                (heard - tone.dbfs).abs() < 0.5,
                "{} Hz at {heard:.2} dBFS",
                tone.hertz
            );
        }
    }
}

/// The host tells each component's peak when it ends.
fn within_memory(log: &str) {
    let mut peaks = BTreeMap::new();
    for line in log.lines().filter(|line| line.contains("peak-memory")) {
        println!("{line}");
        let field = |name: &str| {
            let at = line
                .find(name)
                .unwrap_or_else(|| panic!("no {name} in {line:?}"));
            line[at + name.len()..]
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        peaks.insert(field("component="), field("bytes=").parse::<u64>().unwrap());
    }
    for component in ["auth", "gateway", "converter", "notifier"] {
        let peak = peaks
            .get(component)
            .unwrap_or_else(|| panic!("nothing on {component}: {peaks:?}"));
        assert!(*peak < MEMORY, "{component} held {peak} bytes");
    }
}

/// Two hours, made of one minute by copying: the picture is noise, which takes
/// room.
fn a_gigabyte() -> PathBuf {
    let minute = media::Recipe {
        name: "minute.mp4",
        seconds: 60,
        output: &[
            "-vf",
            "noise=alls=100:allf=t",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-b:v",
            "1050k",
            "-minrate",
            "1050k",
            "-maxrate",
            "1050k",
            "-bufsize",
            "2M",
            "-c:a",
            "pcm_s16le",
            "-f",
            "mov",
        ],
        ..media::H264_AAC
    };
    let minute = minute.make().path;
    let copies = (TWO_HOURS / 60).to_string();
    media::cached("large.mp4", &(&minute, &copies), |file| {
        join(&minute, &copies, file)
    })
}

fn join(minute: &Path, copies: &str, file: &Path) {
    let list = file.with_extension("txt");
    let lines = format!("file '{}'\n", minute.display()).repeat(copies.parse().unwrap());
    std::fs::write(&list, lines).unwrap();
    let status = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "concat",
            "-safe",
            "0",
            "-i",
        ])
        .arg(&list)
        .args(["-c:v", "copy", "-c:a", "aac", "-b:a", "160k"])
        .arg(file)
        .status()
        .unwrap();
    assert!(status.success(), "ffmpeg joins {copies} minutes");
    std::fs::remove_file(&list).unwrap();
}
