//! What is converted: real music and real speech, in what people upload.

use std::path::{Path, PathBuf};
use std::process::Command;

use tonearm_e2e::media;

/// A file to convert.
pub struct Material {
    pub name: &'static str,
    pub path: PathBuf,
    /// Its length and size, and the size of its sound alone.
    pub seconds: f64,
    pub bytes: u64,
    pub sound_bytes: u64,
    /// Channels of its sound.
    pub channels: u32,
}

impl Material {
    /// How often it is measured: what takes long is even enough once.
    pub fn turns(&self) -> usize {
        if self.seconds < 1000.0 { 3 } else { 1 }
    }
}

/// Seconds of the short files.
const SHORT: &str = "570";
/// Copies of a minute in the long one.
const MINUTES: usize = 120;

/// Those with `only` in their names, made on the spot from `BENCH_MUSIC` and
/// `BENCH_SPEECH`, a file each of at least ten minutes.
pub fn all(only: &str) -> Vec<Material> {
    let source = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} names no file: run make bench"))
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
    let surround = [
        &aac[..8],
        &["-b:a", "384k", "-filter:a"],
        // Six channels of two, each unlike the others.
        &["pan=5.1|FL=FL|FR=FR|FC=0.5*FL+0.5*FR|LFE=0.2*FL+0.2*FR|BL=0.6*FL-0.4*FR|BR=0.6*FR-0.4*FL"],
    ]
    .concat();
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
        ("speech, AAC in MP4", &|| film("speech.mp4", &speech, &aac)),
        ("music, AAC in MP4", &|| film("music.mp4", &music, &aac)),
        ("5.1, AAC in MKV", &|| {
            film("surround.mkv", &music, &surround)
        }),
        ("music, Opus in WebM", &|| film("music.webm", &music, &opus)),
        ("two hours, 1 GB, AAC in MP4", &|| two_hours(&music)),
    ];
    all.into_iter()
        .filter(|(name, _)| name.contains(only))
        .map(|(name, make)| material(name, make()))
        .collect()
}

/// Films of which nearly all is picture, in fragments as recorders write them and with
/// sound between any two pictures as ffmpeg does, if `only` is in their names.
pub fn big_pictures(only: &str) -> Vec<Material> {
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
        .map(|(name, file, words)| material(name, big_picture(file, words)))
        .collect()
}

fn big_picture(name: &str, words: &[&str]) -> PathBuf {
    let film = "testsrc2=size=640x360:rate=25,noise=alls=100:allf=t";
    let rate = ["-b:v", "50M", "-minrate", "50M", "-maxrate", "50M"];
    let picture = [
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
        "-f", "lavfi", "-i", film, "-f", "lavfi", "-i", noise, "-t", "60",
    ];
    let sound = ["-c:a", "aac", "-b:a", "192k"];
    let all = [&input[..], &picture, &rate, &sound, words].concat();
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
        sound_bytes: sizes
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

/// Some minutes of sound under a small moving picture.
fn film(name: &str, sound: &str, words: &[&str]) -> PathBuf {
    let picture = "testsrc2=size=320x180:rate=25";
    let input = [
        "-f",
        "lavfi",
        "-i",
        picture,
        "-stream_loop",
        "-1",
        "-i",
        sound,
    ];
    let output = ["-t", SHORT, "-map", "0:v", "-map", "1:a", "-ar", "48000"];
    let all = [&input[..], &output, words].concat();
    media::cached(name, &all, |file| media::ffmpeg(&all, file))
}

/// Two hours and a gigabyte, made of a minute by copying, which is quick. The
/// picture is noise, which takes room.
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
    let sound = [
        "-ss", "60", "-t", "60", "-i", music, "-vn", "-ar", "48000", "-c:a", "aac", "-b:a", "160k",
    ];
    let picture = media::cached("bench-minute.mov", &noise, |file| {
        media::ffmpeg(&noise, file)
    });
    let sound = media::cached("bench-minute.aac", &sound, |file| {
        media::ffmpeg(&sound, file)
    });
    media::cached("two-hours.mp4", &(&picture, &sound, MINUTES), |file| {
        let (list, row) = (file.with_extension("txt"), file.with_extension("aac"));
        let lines = format!("file '{}'\n", picture.display()).repeat(MINUTES);
        std::fs::write(&list, lines).unwrap();
        std::fs::write(&row, std::fs::read(&sound).unwrap().repeat(MINUTES)).unwrap();
        let (list, row) = (list.to_str().unwrap(), row.to_str().unwrap());
        let words = [
            "-f", "concat", "-safe", "0", "-i", list, "-i", row, "-c", "copy",
        ];
        media::ffmpeg(&words, file);
    })
}
