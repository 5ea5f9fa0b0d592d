//! The length of raw MP3 files, whatever their first frame states.

use std::fs;
use std::path::PathBuf;

use tonearm_test_tools::require_tool;

use crate::decoding::decode_file;
use crate::fixtures::{Fixtures, ffmpeg_decode};
use crate::remuxing::copy;

/// Samples per channel and frame.
const FRAME: usize = 1152;

/// Three loud seconds, then ten silent ones: the first frames are several times as large as
/// the others.
fn uneven(fixtures: &Fixtures, name: &str, args: &str) -> PathBuf {
    let sources = "-f lavfi -i aevalsrc=0:s=48000:d=10:c=stereo \
                   -f lavfi -i anoisesrc=d=3:r=48000:a=0.7:seed=7";
    let graph = "[1]aformat=channel_layouts=stereo[noise];[noise][0]concat=n=2:v=0:a=1";
    let codec = "-c:a libmp3lame -q:a 2";
    fixtures.ffmpeg(
        name,
        &format!("{sources} -filter_complex {graph} {codec} {args} OUT"),
    )
}

#[test]
fn the_length_is_not_extrapolated_from_the_first_frames() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = uneven(&fixtures, "plain.mp3", "-write_xing 0");
    let decoded = decode_file(&path).unwrap();
    assert_eq!(decoded.samples.len(), ffmpeg_decode(&path).len());
    assert!(!decoded.is_truncated);
}

#[test]
fn concatenated_files_are_decoded_to_the_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let first = fs::read(uneven(&fixtures, "first.mp3", "")).unwrap();
    for (name, args) in [
        ("tagged.mp3", ""),
        ("untagged.mp3", "-write_xing 0 -id3v2_version 0"),
    ] {
        let second = fs::read(uneven(&fixtures, name, args)).unwrap();
        let path = fixtures.path("both.mp3");
        fs::write(&path, [first.clone(), second].concat()).unwrap();
        let reference = ffmpeg_decode(&path).len() / 2;
        let decoded = decode_file(&path).unwrap();
        assert!(decoded.frames().abs_diff(reference) <= 2 * FRAME, "{name}");
        assert!(!decoded.is_truncated, "{name}");
        let (copied, summary) = copy(&fixtures, &path);
        let copied = ffmpeg_decode(&copied).len() / 2;
        assert!(copied.abs_diff(reference) <= 3 * FRAME, "{name}");
        assert!(!summary.is_truncated, "{name}");
    }
}

/// All complete frames are decoded; ffmpeg also decodes the incomplete one.
#[test]
fn a_truncated_mp3_is_decoded_to_its_end_and_reported() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args, min_reported) in [
        ("a.mp3", "", 2),
        // One of the two truncation points may be the end of a frame.
        ("plain.mp3", "-write_xing 0", 1),
    ] {
        let bytes = fs::read(uneven(&fixtures, name, args)).unwrap();
        let mut reported = (0, 0);
        for more in 0..2 {
            let path = fixtures.path("cut.mp3");
            fs::write(&path, &bytes[..bytes.len() * 6 / 10 + more]).unwrap();
            let reference = ffmpeg_decode(&path).len() / 2;
            let decoded = decode_file(&path).unwrap();
            assert!(decoded.frames().abs_diff(reference) <= FRAME, "{name}");
            reported.0 += u8::from(decoded.is_truncated);
            let (copied, summary) = copy(&fixtures, &path);
            let copied = ffmpeg_decode(&copied).len() / 2;
            assert!(
                copied.abs_diff(reference) <= FRAME,
                "{name}: {copied} {reference}"
            );
            reported.1 += u8::from(summary.is_truncated);
        }
        assert!(
            reported.0.min(reported.1) >= min_reported,
            "{name}: {reported:?}"
        );
    }
}
