//! The played part of a track: late starts, gaps, edit lists, chained streams.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tonearm_media::{Gaps, Selection};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, decode_selected, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode, ffmpeg_decode_to, tones_input};

/// What a player shows: silence before a late start and in gaps.
fn as_played(path: &Path) -> Vec<f32> {
    ffmpeg_decode_to("-af aresample=async=1:first_pts=0", path)
}

#[test]
fn a_late_start_is_silence_of_its_length() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video_input = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.85";
    let input = tones_input(48_000, 2);
    for (name, codecs) in [
        ("late.mp4", "-c:v libx264 -preset ultrafast -c:a aac"),
        ("late-alac.m4v", "-f mp4 -c:v mpeg4 -c:a alac"),
        ("late.mov", "-c:v mpeg4 -c:a pcm_s16le"),
        ("late-mp3.mp4", "-c:v mpeg4 -c:a libmp3lame"),
        ("late.ts", "-c:v mpeg2video -c:a aac"),
        ("late2.ts", "-c:v mpeg2video -c:a ac3"),
        ("late.mpg", "-c:v mpeg2video -c:a mp2"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{video_input} {input} {codecs} OUT"));
        let (decoded, reference) = (decode_file(&path).unwrap(), as_played(&path));
        let late = (0.85 * 48_000.0) as usize;
        let difference = decoded
            .frames()
            .abs_diff(late + (SECONDS * 48_000.0) as usize);
        assert!(difference < 1600, "{name}: {difference}");
        // No codec is silent for longer before its first sample.
        let silent = decoded.samples.iter().position(|sample| *sample != 0.0);
        let difference = silent.unwrap().abs_diff(2 * late) / 2;
        assert!(difference < 1600, "{name}: {difference}");
        // ffmpeg drops the lead-in of streams.
        let lead_in = match decoded.samples.len() > reference.len() + late {
            true => decoded.samples.len() - reference.len(),
            false => 0,
        };
        let ratio = snr(&decoded.samples[lead_in..], &reference);
        assert!(ratio > 60.0, "{name}: {ratio}");
        // A late start is no damage.
        assert_eq!(decoded.gaps, Duration::ZERO);
    }
}

#[test]
fn closed_gaps_are_no_silence() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video_input = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.85";
    let input = tones_input(48_000, 2);
    let drop = "-bsf:a noise=drop='between(n,50,90)'";
    let path = fixtures.ffmpeg(
        "a.mp4",
        &format!("{video_input} {input} -c:v mpeg4 -c:a alac {drop} OUT"),
    );
    let selection = Selection {
        gaps: Gaps::Close,
        ..Selection::default()
    };
    let decoded = decode_selected(&path, &selection).unwrap();
    let reference = ffmpeg_decode(&path);
    assert_eq!(decoded.samples.len(), reference.len());
    assert!(snr(&decoded.samples, &reference) > 90.0);
}

#[test]
fn a_gap_is_silence_of_its_length_at_its_place() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (codec, container, packet, first, last) in [
        ("aac", "mp4", 1024, 30, 70),
        ("alac", "mp4", 4096, 10, 20),
        ("libmp3lame", "mp4", 1152, 30, 70),
        ("flac", "mp4", 4608, 10, 20),
        ("aac", "ts", 1024, 30, 70),
        ("mp2", "mpg", 1152, 30, 70),
    ] {
        let args = format!("-strict -2 -c:v mpeg2video -c:a {codec}");
        fixtures.video("whole.mp4", 48_000, 2, &args);
        let name = format!("{codec}.{container}");
        let drop = format!("-c copy -strict -2 -bsf:a noise=drop='between(n,{first},{last})'");
        let path = fixtures.ffmpeg(&name, &format!("-i DIR/whole.mp4 {drop} OUT"));
        let (decoded, reference) = (decode_file(&path).unwrap(), as_played(&path));
        let difference = decoded.frames().abs_diff(reference.len() / 2);
        assert!(difference <= 2 * 1152, "{name}: {difference}");
        let ratio = snr(&decoded.samples, &reference);
        assert!(ratio > 40.0, "{name}: {ratio}");
        let middle = packet * (first + last + 1) / 2;
        let silent = &decoded.samples[2 * (middle - 8000)..2 * (middle + 8000)];
        assert!(silent.iter().all(|sample| *sample == 0.0), "{name}");
        let expected = (packet * (last - first + 1)) as f64 / 48_000.0;
        let gaps = decoded.gaps.as_secs_f64();
        assert!((gaps - expected).abs() < 0.002, "{name}: {gaps}");
        assert_eq!(decoded.concealed, 0, "{name}");
    }
}

/// As a browser records a call with losses.
#[test]
fn thousands_of_missing_packets_do_not_shorten_a_file() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let drop = "-bsf:a noise=drop='not(mod(n+1\\,10))'";
    let input = "-f lavfi -i sine=frequency=300:sample_rate=48000:duration=120";
    let codec = "-c:a libopus -b:a 32k -frame_duration 20 -application lowdelay";
    for name in ["loss.mp4", "loss.ts"] {
        let path = fixtures.ffmpeg(name, &format!("{input} {codec} {drop} OUT"));
        let decoded = decode_file(&path).unwrap();
        let seconds = decoded.frames() as f64 / 48_000.0;
        assert!((seconds - 120.0).abs() < 0.06, "{name}: {seconds}");
        let gaps = decoded.gaps.as_secs_f64();
        assert!((gaps - 12.0).abs() < 0.1, "{name}: {gaps}");
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
