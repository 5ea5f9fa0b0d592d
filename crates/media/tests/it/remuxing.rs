//! Lossless copies of MP3 from any container: an independent decoder yields the same
//! samples for copy and source.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tonearm_media::{
    Gaps, Limits, MediaError, OpenedFile, Sink, Summary, TagOptions, TrackSelector, remux,
};
use tonearm_test_tools::require_tool;

use crate::decoding::decode_file;
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode};

#[derive(Default)]
struct Memory(Vec<u8>);

impl Sink for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let at = offset as usize;
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

fn copy_with(path: &Path, limits: &Limits) -> Result<Option<(Vec<u8>, Summary)>, MediaError> {
    let mut sink = Memory::default();
    let mut last = 0.0;
    let mut file = OpenedFile::open(File::open(path).unwrap(), limits)?;
    let summary = remux(
        &mut file,
        &TrackSelector::Default,
        Gaps::Keep,
        &TagOptions::PLAIN,
        &mut sink,
        &mut |progress| {
            assert!((last..=1.0).contains(&progress.fraction));
            last = progress.fraction;
            ControlFlow::Continue(())
        },
    )?;
    Ok(summary.map(|summary| {
        assert_eq!(summary.bytes, sink.0.len() as u64);
        assert_eq!(last, 1.0);
        (sink.0, summary)
    }))
}

/// Copies a file to a new file.
pub fn copy(fixtures: &Fixtures, path: &Path) -> (PathBuf, Summary) {
    let (bytes, summary) = copy_with(path, &Limits::default()).unwrap().unwrap();
    let copied = fixtures.path("copied.mp3");
    std::fs::write(&copied, bytes).unwrap();
    (copied, summary)
}

/// The position of `part` in `whole`.
fn position(whole: &[f32], part: &[f32]) -> Option<usize> {
    whole.windows(part.len()).position(|window| window == part)
}

#[test]
fn a_copy_of_a_raw_mp3_decodes_to_the_same_samples() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, rate, channels, args) in [
        ("vbr.mp3", 44_100, 2, "-c:a libmp3lame -q:a 2"),
        ("cbr.mp3", 48_000, 2, "-c:a libmp3lame -b:a 128k"),
        ("mono.mp3", 44_100, 1, "-c:a libmp3lame -q:a 4"),
        ("mpeg-2.mp3", 22_050, 2, "-c:a libmp3lame -q:a 4"),
        ("mpeg-2.5.mp3", 8_000, 1, "-c:a libmp3lame -b:a 16k"),
        (
            "untagged.mp3",
            44_100,
            2,
            "-c:a libmp3lame -write_xing 0 -id3v2_version 0",
        ),
    ] {
        let path = fixtures.tones(name, rate, channels, args);
        let (copied, summary) = copy(&fixtures, &path);
        let expected = ffmpeg_decode(&path);
        assert_eq!(ffmpeg_decode(&copied), expected, "{name}");
        assert_eq!(summary.sample_rate, rate, "{name}");
        assert_eq!(
            summary.samples as usize * channels,
            expected.len(),
            "{name}"
        );
        // The demuxer of this project finds the same length as ffmpeg.
        assert_eq!(
            decode_file(&copied).unwrap().samples.len(),
            expected.len(),
            "{name}"
        );
    }
}

#[test]
fn a_copy_of_mp3_in_a_container_decodes_to_the_same_samples() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let rate = 44_100;
    let exact = (SECONDS * f64::from(rate)).round() as usize;
    for (name, args) in [
        ("a.mp4", "-c:v libx264 -c:a libmp3lame -q:a 2"),
        ("a.mkv", "-c:v libx264 -c:a libmp3lame -q:a 2"),
        ("a.mov", "-c:v libx264 -c:a libmp3lame -b:a 192k"),
    ] {
        let path = fixtures.video(name, rate, 2, args);
        let (copied, summary) = copy(&fixtures, &path);
        let (ours, reference) = (ffmpeg_decode(&copied), ffmpeg_decode(&path));
        // All samples are those of the source, and their number is that before encoding,
        // where the container states it.
        let shorter = ours.len().min(reference.len());
        assert!(
            position(&reference, &ours[..shorter]).is_some()
                || position(&ours, &reference[..shorter]).is_some(),
            "{name}: {} and {}",
            ours.len(),
            reference.len()
        );
        assert_eq!(summary.samples as usize * 2, ours.len(), "{name}");
        assert!(
            summary.samples.abs_diff(exact as u64) < 1152,
            "{name}: {} of {exact}",
            summary.samples
        );
    }
}

#[test]
fn junk_between_frames_is_dropped() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.mp3", 44_100, 2, "-c:a libmp3lame -b:a 128k");
    let clean = std::fs::read(&path).unwrap();
    // CBR frames of 417 or 418 bytes follow the tag.
    let middle = clean.len() / 2;
    let frame = (middle..)
        .find(|&at| clean[at..at + 2] == [0xff, 0xfb])
        .unwrap();
    let junk = [&clean[..frame], &[0xff; 700], b"garbage", &clean[frame..]].concat();
    let damaged = fixtures.path("damaged.mp3");
    std::fs::write(
        &damaged,
        [junk.as_slice(), &b"TAG"[..], &[b' '; 125]].concat(),
    )
    .unwrap();
    let (copied, _) = copy(&fixtures, &damaged);
    assert_eq!(ffmpeg_decode(&copied), ffmpeg_decode(&path));
}

#[test]
fn other_codecs_and_changing_rates_are_not_copied() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let is_refused = |path: &Path| copy_with(path, &Limits::default()).unwrap().is_none();
    let is_mp3 = |path: &Path| {
        let file = OpenedFile::open(File::open(path).unwrap(), &Limits::default());
        file.is_ok_and(|mut file| file.is_mp3(&TrackSelector::Default).unwrap())
    };
    assert!(is_refused(&fixtures.tones("a.m4a", 44_100, 2, "-c:a aac")));
    assert!(is_refused(&fixtures.tones("a.wav", 44_100, 2, "")));
    assert!(is_refused(&fixtures.tones("a.mp2", 44_100, 2, "-c:a mp2")));
    let one = fixtures.tones("one.mp3", 44_100, 2, "-c:a libmp3lame");
    let other = fixtures.tones("other.mp3", 48_000, 2, "-c:a libmp3lame");
    let both = [one, other]
        .map(|path| std::fs::read(path).unwrap())
        .concat();
    let path = fixtures.path("both.mp3");
    std::fs::write(&path, both).unwrap();
    assert!(is_refused(&path));
    assert!(is_mp3(&path));
    assert!(!is_mp3(&fixtures.tones("a.flac", 44_100, 2, "")));
    std::fs::write(&path, b"no media at all").unwrap();
    assert!(!is_mp3(&path));
}

#[test]
fn a_copy_respects_limits_and_can_be_stopped() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.mp3", 44_100, 2, "-c:a libmp3lame");
    let short = Limits {
        max_seconds: 2,
        ..Limits::default()
    };
    let error = copy_with(&path, &short).unwrap_err();
    assert_eq!(error.code(), "media_over_budget");
    let mut file = OpenedFile::open(File::open(&path).unwrap(), &Limits::default()).unwrap();
    let error = remux(
        &mut file,
        &TrackSelector::Default,
        Gaps::Keep,
        &TagOptions::PLAIN,
        &mut Memory::default(),
        &mut |_| ControlFlow::Break(()),
    )
    .unwrap_err();
    assert!(matches!(error, MediaError::Stopped), "{error}");
}

#[test]
fn tags_of_the_source_are_copied() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let args = "-c:a libmp3lame -metadata title=Title -metadata date=1999";
    let path = fixtures.tones("a.mp3", 44_100, 2, args);
    let (copied, _) = copy(&fixtures, &path);
    let tags = decode_file(&copied).unwrap().info.tags;
    assert_eq!(
        (tags.title.as_deref(), tags.year),
        (Some("Title"), Some(1999))
    );
}
