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
use tonearm_e2e::media::{self, LEFT, RIGHT, Recipe};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tone::level;

/// What a component's linear memory may grow to.
const MEMORY: u64 = 64 * 1024 * 1024;

const MINUTES: usize = 120;

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
    heard_at_both_ends(&mp3, seconds_of(&video));
    if !app.runtime().is_spin() {
        within_memory(&app.stop());
    }
}

/// Decoding two hours into memory would be a gigabyte of its own: the first and
/// the last minute tell as much.
fn heard_at_both_ends(mp3: &[u8], wanted: f64) {
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

/// Two hours, made of one minute by copying, which is quick. The picture is
/// noise, which takes room.
fn a_gigabyte() -> PathBuf {
    let picture = Recipe {
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
    let (picture, sound) = (picture.make().path, media::minutes_of_aac(MINUTES).path);
    let recipe = (&picture, &sound, MINUTES);
    media::cached("large.mp4", &recipe, |file| join(&picture, &sound, file))
}

fn join(picture: &Path, sound: &Path, file: &Path) {
    let list = file.with_extension("txt");
    let lines = format!("file '{}'\n", picture.display()).repeat(MINUTES);
    std::fs::write(&list, lines).unwrap();
    let (list, sound) = (list.to_str().unwrap(), sound.to_str().unwrap());
    media::ffmpeg(
        &[
            "-f", "concat", "-safe", "0", "-i", list, "-i", sound, "-c", "copy",
        ],
        file,
    );
}

/// How long the sound is, by ffmpeg's own account.
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
