//! The played part of a track: late starts, gaps, edit lists, chained streams.

use std::fs;

use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode, tones_input};

#[test]
fn a_late_start_does_not_become_silence() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video_input = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.5";
    let input = tones_input(44_100, 2);
    for name in ["late.mp4"] {
        let codecs = "-c:v libx264 -preset ultrafast -c:a aac";
        let path = fixtures.ffmpeg(name, &format!("{video_input} {input} {codecs} OUT"));
        let decoded = decode_file(&path).unwrap();
        let reference = ffmpeg_decode(&path);
        // ffmpeg inserts no silence either.
        let difference = reference.len() / 2 - decoded.frames();
        assert!(difference < 1024, "{name}: {difference}");
        assert!(snr(&decoded.samples, &reference) > 85.0, "{name}");
    }
}

/// In these containers the length matches ffmpeg's exactly.
#[test]
fn a_late_start_in_a_stream_does_not_become_silence() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video_input = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.5";
    let input = tones_input(48_000, 2);
    for (name, codecs) in [
        ("late.ts", "-c:v mpeg2video -c:a aac"),
        ("late2.ts", "-c:v mpeg2video -c:a ac3"),
        ("late.mpg", "-c:v mpeg2video -c:a mp2"),
        ("late.mov", "-c:v mpeg4 -c:a pcm_s16le"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{video_input} {input} {codecs} OUT"));
        let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
        assert_eq!(decoded.samples.len(), reference.len(), "{name}");
        assert!(snr(&decoded.samples, &reference) > 60.0, "{name}");
    }
}

/// 41 packets are missing in the middle. ffmpeg inserts no silence either.
#[test]
fn gaps_between_timestamps_are_not_filled() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    fixtures.tones("whole.m4a", 48_000, 2, "-c:a aac");
    for name in ["gap.ts", "gap.mp4"] {
        let drop = "-c copy -bsf:a noise=drop='between(n,50,90)'";
        let path = fixtures.ffmpeg(name, &format!("-i DIR/whole.m4a {drop} OUT"));
        let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
        let difference = (decoded.frames() as i64 - reference.len() as i64 / 2).abs();
        assert!(difference <= 1024, "{name}: {difference}");
        assert_eq!(decoded.concealed, 0, "{name}");
    }
}

#[test]
fn a_video_trimmed_without_transcoding_keeps_its_trim() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    fixtures.video(
        "whole.mp4",
        44_100,
        2,
        "-c:v libx264 -preset ultrafast -g 25 -c:a aac",
    );
    let cut = fixtures.ffmpeg("cut.mp4", "-ss 1.3 -i DIR/whole.mp4 -t 1 -c copy OUT");
    let (decoded, reference) = (decode_file(&cut).unwrap(), ffmpeg_decode(&cut));
    let difference = (decoded.frames() as i64 - reference.len() as i64 / 2).abs();
    assert!(difference < 1024 + 44, "{difference}");
    assert!(snr(&decoded.samples, &reference) > 85.0);
}

#[test]
fn an_edit_list_may_skip_the_start() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.m4a", 44_100, 2, "-c:a alac");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|four| four == b"elst").unwrap();
    // Version and flags, one entry: length in ms, start in samples.
    bytes[at + 12..at + 16].copy_from_slice(&1500u32.to_be_bytes());
    bytes[at + 16..at + 20].copy_from_slice(&20_000u32.to_be_bytes());
    let edited = fixtures.path("edited.m4a");
    fs::write(&edited, &bytes).unwrap();
    let (intact, part) = (decode_file(&path).unwrap(), decode_file(&edited).unwrap());
    assert_eq!(part.frames(), 44_100 * 3 / 2);
    let expected = &intact.samples[2 * 20_000..];
    assert!(part.samples.iter().eq(&expected[..part.samples.len()]));
}

#[test]
fn a_chained_ogg_is_decoded_to_its_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let mut bytes = Vec::new();
    for name in ["one.ogg", "two.ogg"] {
        // Streams of one file must have different serial numbers.
        let serial = format!("-c:a libvorbis -serial_offset {}", bytes.len() + 1);
        bytes.extend(fs::read(fixtures.tones(name, 44_100, 2, &serial)).unwrap());
    }
    let chained = fixtures.path("chained.ogg");
    fs::write(&chained, bytes).unwrap();
    let decoded = decode_file(&chained).unwrap();
    assert_eq!(decoded.frames(), 2 * (SECONDS * 44_100.0).round() as usize);
}
