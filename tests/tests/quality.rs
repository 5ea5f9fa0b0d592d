//! Converts clips with the app and with ffmpeg, for scoring by an independent tool:
//! `make quality`, which provides the clips and computes the scores.
//!
//! `QUALITY` names a folder with `clips/NN.wav`. Each encoder's MP3 of a clip is written to
//! `out/ENCODER/NN.mp3`, and ffmpeg's decode of it to `NN.wav` beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use tonearm_e2e::app::Setup;
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media;
use tonearm_e2e::multipart::Form;

/// Settings of LAME: quality (`-V`) and effort (`-q`). Those of ffmpeg's `-q:a 2`, and the
/// app's defaults.
const SETTINGS: [(&str, &str); 2] = [("2", "5"), ("1", "7")];
/// Seconds per segment, for clips that are split.
const SEGMENT: u32 = 2;

#[test]
#[ignore = "needs clips to be scored: make quality"]
fn clips_are_converted_for_scoring() {
    let folder = std::env::var("QUALITY").expect("QUALITY names a folder: make quality");
    let folder = PathBuf::from(folder);
    let mut clips: Vec<PathBuf> = fs::read_dir(folder.join("clips"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    clips.sort();
    assert!(!clips.is_empty(), "no clips in {}", folder.display());
    let out = folder.join("out");
    let _ = fs::remove_dir_all(&out);

    for (quality, effort) in SETTINGS {
        let into = out.join(format!("ffmpeg-v{quality}-q{effort}"));
        for clip in &clips {
            let settings = ["-q:a", quality, "-compression_level", effort];
            let wav = clip.to_str().unwrap();
            let arguments = [&["-i", wav, "-c:a", "libmp3lame"], &settings[..]].concat();
            media::ffmpeg(&arguments, &output_path(&into, clip, "mp3"));
        }
        decode(&into, &clips);
    }
    let lame = || Setup::new().variable("segment_seconds", 0);
    for (name, setup, settings) in [
        ("service", lame(), &SETTINGS[..]),
        (
            "service-in-segments",
            Setup::new().variable("segment_seconds", SEGMENT),
            &SETTINGS[..1],
        ),
        (
            "service-mp3-rust",
            lame().encoder("mp3_rust"),
            &SETTINGS[..1],
        ),
    ] {
        let app = setup.together().start();
        let ada = app.user("ada");
        for (quality, effort) in settings {
            let into = out.join(format!("{name}-v{quality}-q{effort}"));
            for clip in &clips {
                let form = Form::file("clip.mkv", &in_matroska(clip))
                    .and_field("quality", quality)
                    .and_field("effort", effort);
                let job = only_job(&ada.upload(&form));
                let job = ada.ended_job(id(&job));
                assert_eq!(job["state"], "done", "{job:#}");
                let mp3 = ada.download(id(&job)).body;
                fs::write(output_path(&into, clip, "mp3"), mp3).unwrap();
            }
            decode(&into, &clips);
        }
    }
}

/// The clip's samples in a container that can be split.
fn in_matroska(clip: &Path) -> Vec<u8> {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("clip.mkv");
    media::ffmpeg(&["-i", clip.to_str().unwrap(), "-c:a", "copy"], &file);
    fs::read(file).unwrap()
}

/// The path for a clip in `folder`, which is created.
fn output_path(folder: &Path, clip: &Path, extension: &str) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    folder
        .join(clip.file_name().unwrap())
        .with_extension(extension)
}

fn decode(folder: &Path, clips: &[PathBuf]) {
    for clip in clips {
        let mp3 = output_path(folder, clip, "mp3");
        let arguments = ["-i", mp3.to_str().unwrap(), "-c:a", "pcm_s16le"];
        media::ffmpeg(&arguments, &output_path(folder, clip, "wav"));
    }
}
