//! Bare MP3: how long it is, whatever its first frame says or leaves out.

use std::fs;
use std::path::PathBuf;

use crate::decoding::decode_file;
use crate::make::{Fixtures, ffmpeg_decode};
use crate::remuxing::copy;

/// Samples of a frame.
const FRAME: usize = 1152;

/// Three loud seconds, then ten silent ones: frames of the beginning are a multiple of
/// the others.
fn uneven(fixtures: &Fixtures, name: &str, words: &str) -> PathBuf {
    let sources = "-f lavfi -i aevalsrc=0:s=48000:d=10:c=stereo \
                   -f lavfi -i anoisesrc=d=3:r=48000:a=0.7:seed=7";
    let graph = "[1]aformat=channel_layouts=stereo[noise];[noise][0]concat=n=2:v=0:a=1";
    let codec = "-c:a libmp3lame -q:a 2";
    fixtures.ffmpeg(
        name,
        &format!("{sources} -filter_complex {graph} {codec} {words} OUT"),
    )
}

#[test]
fn the_first_frames_do_not_tell_where_an_mp3_ends() {
    let fixtures = Fixtures::new();
    let path = uneven(&fixtures, "plain.mp3", "-write_xing 0");
    let decoded = decode_file(&path).unwrap();
    assert_eq!(decoded.samples.len(), ffmpeg_decode(&path).len());
    assert!(!decoded.is_truncated);
}

#[test]
fn files_put_behind_one_another_are_heard_to_the_end() {
    let fixtures = Fixtures::new();
    let first = fs::read(uneven(&fixtures, "first.mp3", "")).unwrap();
    for (name, words) in [
        ("tagged.mp3", ""),
        ("untagged.mp3", "-write_xing 0 -id3v2_version 0"),
    ] {
        let second = fs::read(uneven(&fixtures, name, words)).unwrap();
        let path = fixtures.path("both.mp3");
        fs::write(&path, [first.clone(), second].concat()).unwrap();
        let theirs = ffmpeg_decode(&path).len() / 2;
        let decoded = decode_file(&path).unwrap();
        assert!(decoded.frames().abs_diff(theirs) <= 2 * FRAME, "{name}");
        assert!(!decoded.is_truncated, "{name}");
        let (copied, summary) = copy(&fixtures, &path);
        let copied = ffmpeg_decode(&copied).len() / 2;
        assert!(copied.abs_diff(theirs) <= 3 * FRAME, "{name}");
        assert!(!summary.is_truncated, "{name}");
    }
}

/// The whole frames that are there: ffmpeg plays the one that was cut in two as well.
#[test]
fn a_cut_mp3_is_heard_to_its_end_and_told() {
    let fixtures = Fixtures::new();
    for (name, words, least_told) in [
        ("a.mp3", "", 2),
        // Of two neighbouring bytes one may be a frame's last.
        ("plain.mp3", "-write_xing 0", 1),
    ] {
        let bytes = fs::read(uneven(&fixtures, name, words)).unwrap();
        let mut told = (0, 0);
        for more in 0..2 {
            let path = fixtures.path("cut.mp3");
            fs::write(&path, &bytes[..bytes.len() * 6 / 10 + more]).unwrap();
            let theirs = ffmpeg_decode(&path).len() / 2;
            let decoded = decode_file(&path).unwrap();
            assert!(decoded.frames().abs_diff(theirs) <= FRAME, "{name}");
            told.0 += u8::from(decoded.is_truncated);
            let (copied, summary) = copy(&fixtures, &path);
            let copied = ffmpeg_decode(&copied).len() / 2;
            assert!(
                copied.abs_diff(theirs) <= FRAME,
                "{name}: {copied} {theirs}"
            );
            told.1 += u8::from(summary.is_truncated);
        }
        assert!(told.0.min(told.1) >= least_told, "{name}: {told:?}");
    }
}
