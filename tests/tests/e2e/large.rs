//! Memory use while a gigabyte of video passes through every component.
//!
//!     cargo nextest run -p tonearm-e2e --run-ignored only large

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tonearm_e2e::app::Setup;
use tonearm_e2e::curl;
use tonearm_e2e::media::{self, LEFT, RIGHT, Recipe};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tone::level;

/// Limit of a component's linear memory.
const MEMORY: u64 = 64 * 1024 * 1024;

const MINUTES: usize = 120;

#[test]
#[ignore = "makes and converts a gigabyte, which takes minutes"]
fn a_gigabyte_is_converted_in_little_memory() {
    let video = a_gigabyte();
    let size = std::fs::metadata(&video).unwrap().len();
    assert!(size > 1_000_000_000, "{size} bytes");
    let mut app = Setup::new().report_memory().start();
    let ada = app.user("ada");
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(&video, folder.path().join("large.mp4")).unwrap();

    let started = Instant::now();
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
    println!("uploaded {size} bytes in {:.0?}", started.elapsed());

    let started = Instant::now();
    let job = ada.ended_job_within(Duration::from_secs(1200), &fid);
    assert_eq!(job["state"], "done", "{job:#}");
    println!("converted in {:.0?}: {}", started.elapsed(), job["mp3"]);

    let mp3 = ada.download(&fid).body;
    assert_tones_at_both_ends(&mp3, seconds_of(&video));
    if !app.runtime().is_spin() {
        assert_within_memory(&app.stop());
    }
}

/// Compares the first and the last minute. Decoding two hours would take a gigabyte.
fn assert_tones_at_both_ends(mp3: &[u8], wanted: f64) {
    let seconds =
        Decoded::of(&mp3[..0x40000]).xing.unwrap().frames.unwrap() as f64 * 1152.0 / 48_000.0;
    assert!(
        (seconds - wanted).abs() < 0.1,
        "{seconds} seconds of {wanted}"
    );
    for part in [&mp3[..0x80000], &mp3[mp3.len() - 0x80000..]] {
        let decoded = Decoded::of(part);
        for (samples, tone) in decoded.channels.iter().zip([LEFT, RIGHT]) {
            let middle = &samples[samples.len() / 2..][..decoded.rate as usize];
            let measured = level(middle, decoded.rate, tone.hertz);
            assert!(
                (measured - tone.dbfs).abs() < 0.5,
                "{} Hz at {measured:.2} dBFS",
                tone.hertz
            );
        }
    }
}

/// Reads each component's peak from the log of the host.
fn assert_within_memory(log: &str) {
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
            .unwrap_or_else(|| panic!("no peak of {component}: {peaks:?}"));
        assert!(*peak < MEMORY, "{component} used {peak} bytes");
    }
}

/// Two hours, made of copies of one minute, which is fast. The video is noise, which
/// makes it large.
fn a_gigabyte() -> PathBuf {
    let video = Recipe {
        name: "minute.mov",
        seconds: 60,
        tones: &[],
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
        ],
        ..media::H264_AAC
    };
    let (video, audio) = (video.make().path, media::minutes_of_aac(MINUTES).path);
    let recipe = (&video, &audio, MINUTES);
    media::cached("large.mp4", &recipe, |file| join(&video, &audio, file))
}

fn join(video: &Path, audio: &Path, file: &Path) {
    let list = file.with_extension("txt");
    let lines = format!("file '{}'\n", video.display()).repeat(MINUTES);
    std::fs::write(&list, lines).unwrap();
    let (list, audio) = (list.to_str().unwrap(), audio.to_str().unwrap());
    media::ffmpeg(
        &[
            "-f", "concat", "-safe", "0", "-i", list, "-i", audio, "-c", "copy",
        ],
        file,
    );
}

/// Duration of the audio according to ffprobe.
fn seconds_of(video: &Path) -> f64 {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "a",
            "-show_entries",
            "stream=duration",
        ])
        .args(["-of", "csv=p=0"])
        .arg(video)
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
