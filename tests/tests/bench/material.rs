//! The files to convert: real music and speech, in common formats.

use std::path::{Path, PathBuf};
use std::process::Command;

use tonearm_e2e::media;

use crate::codecs::CODECS;

/// A file to convert.
pub struct Material {
    pub name: &'static str,
    pub path: PathBuf,
    /// Duration, size, and size of the audio alone.
    pub seconds: f64,
    pub bytes: u64,
    pub audio_bytes: u64,
    /// Audio channels.
    pub channels: u32,
}

impl Material {
    /// Number of measurements: long conversions vary less, so one is enough.
    pub fn turns(&self) -> usize {
        if self.seconds < 1000.0 { 3 } else { 1 }
    }
}

/// Duration of the short files, in seconds.
const SHORT: &str = "570";
/// Duration of the file of a codec.
const CODEC_SECONDS: &str = "300";
/// Six different channels from two.
const SURROUND: &str =
    "pan=5.1|FL=FL|FR=FR|FC=0.5*FL+0.5*FR|LFE=0.2*FL+0.2*FR|BL=0.6*FL-0.4*FR|BR=0.6*FR-0.4*FL";
/// Minutes of the long file.
const MINUTES: usize = 120;

/// The files with `only` in their names, generated from `BENCH_MUSIC` and `BENCH_SPEECH`,
/// which name files of at least ten minutes.
pub fn all(only: &str) -> Vec<Material> {
    let source = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run make bench"))
    };
    let (music, speech) = (source("BENCH_MUSIC"), source("BENCH_SPEECH"));
    let aac = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-b:v",
        "800k",
        "-c:a",
        "aac",
        "-b:a",
        "160k",
    ];
    let surround = [&aac[..8], &["-b:a", "384k", "-filter:a"], &[SURROUND]].concat();
    let opus = [
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-c:a",
        "libopus",
        "-b:a",
        "128k",
    ];
    let all: [(&'static str, &dyn Fn() -> PathBuf); 5] = [
        ("speech, AAC in MP4", &|| video("speech.mp4", &speech, &aac)),
        ("music, AAC in MP4", &|| video("music.mp4", &music, &aac)),
        ("5.1, AAC in MKV", &|| {
            video("surround.mkv", &music, &surround)
        }),
        ("music, Opus in WebM", &|| {
            video("music.webm", &music, &opus)
        }),
        ("two hours, 1 GB, AAC in MP4", &|| two_hours(&music)),
    ];
    all.into_iter()
        .filter(|(name, _)| name.contains(only))
        .map(|(name, make)| material(name, make()))
        .collect()
}

/// The codecs with `only` in their names.
pub fn codecs(only: &str) -> Vec<Material> {
    let chosen = CODECS.iter().filter(|(name, ..)| name.contains(only));
    chosen
        .map(|&(name, file, arguments)| {
            let music =
                std::env::var("BENCH_MUSIC").expect("BENCH_MUSIC is not set: run make bench");
            let mut all = vec![
                "-stream_loop",
                "-1",
                "-i",
                &music,
                "-t",
                CODEC_SECONDS,
                "-vn",
            ];
            let coding = match arguments.strip_prefix("5.1 ") {
                Some(rest) => {
                    all.extend(["-af", SURROUND]);
                    rest
                }
                None => arguments,
            };
            all.extend(coding.split(' '));
            let path = media::cached(file, &all, |path| media::ffmpeg(&all, path));
            material(name, path)
        })
        .collect()
}

/// Files that consist almost entirely of video and have `only` in their names: in fragments,
/// as recorders write them, and with audio between any two video frames, as ffmpeg does.
pub fn high_bitrate_videos(only: &str) -> Vec<Material> {
    let fragments = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"];
    let all = [
        (
            "50 Mbit/s, in fragments of 2 s, MP4",
            "fragments.mp4",
            &fragments[..],
        ),
        ("50 Mbit/s, MP4", "big-picture.mp4", &[]),
        ("50 Mbit/s, MKV", "big-picture.mkv", &[]),
    ];
    all.into_iter()
        .filter(|(name, ..)| name.contains(only))
        .map(|(name, file, arguments)| material(name, high_bitrate_video(file, arguments)))
        .collect()
}

fn high_bitrate_video(name: &str, arguments: &[&str]) -> PathBuf {
    let pattern = "testsrc2=size=640x360:rate=25,noise=alls=100:allf=t";
    let rate = ["-b:v", "50M", "-minrate", "50M", "-maxrate", "50M"];
    let video = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "50",
        "-bufsize",
        "50M",
    ];
    let noise = "anoisesrc=color=pink:amplitude=0.3:seed=1:sample_rate=48000,aformat=channel_layouts=stereo";
    let input = [
        "-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", noise, "-t", "60",
    ];
    let audio = ["-c:a", "aac", "-b:a", "192k"];
    let all = [&input[..], &video, &rate, &audio, arguments].concat();
    media::cached(name, &all, |file| media::ffmpeg(&all, file))
}

fn material(name: &'static str, path: PathBuf) -> Material {
    let seconds = probe(&path, "format=duration", "csv=p=0");
    let channels = probe(&path, "stream=channels", "csv=p=0");
    let sizes = probe(&path, "packet=size", "csv=p=0");
    Material {
        name,
        seconds: seconds.trim().parse().unwrap(),
        bytes: std::fs::metadata(&path).unwrap().len(),
        channels: channels.trim().trim_end_matches(',').parse().unwrap(),
        audio_bytes: sizes
            .lines()
            .filter_map(|line| line.trim_end_matches(',').parse::<u64>().ok())
            .sum(),
        path,
    }
}

fn probe(path: &Path, entries: &str, form: &str) -> String {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "a:0",
            "-show_entries",
            entries,
            "-of",
            form,
        ])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Some minutes of audio with a small video track.
fn video(name: &str, audio: &str, arguments: &[&str]) -> PathBuf {
    let pattern = "testsrc2=size=320x180:rate=25";
    let input = [
        "-f",
        "lavfi",
        "-i",
        pattern,
        "-stream_loop",
        "-1",
        "-i",
        audio,
    ];
    let output = ["-t", SHORT, "-map", "0:v", "-map", "1:a", "-ar", "48000"];
    let all = [&input[..], &output, arguments].concat();
    media::cached(name, &all, |file| media::ffmpeg(&all, file))
}

/// Two hours and a gigabyte: one minute, repeated, which is quicker than encoding. The video
/// is noise, which compresses badly.
fn two_hours(music: &str) -> PathBuf {
    let noise = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=128x72:rate=25,noise=alls=100:allf=t",
        "-t",
        "60",
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
    ];
    let audio = [
        "-ss", "60", "-t", "60", "-i", music, "-vn", "-ar", "48000", "-c:a", "aac", "-b:a", "160k",
    ];
    let video = media::cached("bench-minute.mov", &noise, |file| {
        media::ffmpeg(&noise, file)
    });
    let audio = media::cached("bench-minute.aac", &audio, |file| {
        media::ffmpeg(&audio, file)
    });
    media::cached("two-hours.mp4", &(&video, &audio, MINUTES), |file| {
        let (list, repeated) = (file.with_extension("txt"), file.with_extension("aac"));
        let lines = format!("file '{}'\n", video.display()).repeat(MINUTES);
        std::fs::write(&list, lines).unwrap();
        std::fs::write(&repeated, std::fs::read(&audio).unwrap().repeat(MINUTES)).unwrap();
        let (list, repeated) = (list.to_str().unwrap(), repeated.to_str().unwrap());
        let arguments = [
            "-f", "concat", "-safe", "0", "-i", list, "-i", repeated, "-c", "copy",
        ];
        media::ffmpeg(&arguments, file);
    })
}
