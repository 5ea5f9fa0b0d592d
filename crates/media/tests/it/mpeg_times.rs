//! The timestamps of transport and program streams: late starts, gaps, clocks that wrap or
//! start over.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use tonearm_media::Limits;
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_reader};
use crate::fixtures::Fixtures;

/// Most seconds by which a length may differ: less than two packets.
const TOLERANCE: f64 = 0.06;

fn seconds(decoded: &Decoded) -> f64 {
    decoded.frames() as f64 / f64::from(decoded.info.output_rate)
}

fn assert_seconds(name: &str, decoded: &Decoded, expected: f64) {
    let seconds = seconds(decoded);
    assert!((seconds - expected).abs() < TOLERANCE, "{name}: {seconds}");
    assert_eq!(
        (decoded.concealed, decoded.is_truncated),
        (0, false),
        "{name}"
    );
}

/// Seconds of silence at the start.
fn lead_in(decoded: &Decoded) -> f64 {
    let samples = decoded.channel(0);
    let start = samples.iter().position(|sample| sample.abs() > 0.01);
    start.unwrap() as f64 / f64::from(decoded.info.output_rate)
}

fn join(fixtures: &Fixtures, parts: &[&PathBuf]) -> Decoded {
    let parts: Vec<Vec<u8>> = parts.iter().map(|part| fs::read(part).unwrap()).collect();
    let path = fixtures.path("joined");
    fs::write(&path, parts.concat()).unwrap();
    decode_file(&path).unwrap()
}

const SINE: &str = "-f lavfi -i sine=f=440:r=48000:d=2";

#[test]
fn late_sound_begins_late_in_transport_and_program_streams() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video = "-f lavfi -i testsrc=s=64x64:r=5:d=4";
    let audio = "-f lavfi -i sine=f=440:r=48000:d=4";
    for (name, late, codecs) in [
        ("mp2.ts", 0.85, "-c:v mpeg2video -c:a mp2"),
        ("aac.ts", 0.85, "-c:v mpeg2video -c:a aac"),
        ("x264.ts", 0.85, "-c:v libx264 -preset ultrafast -c:a aac"),
        ("disc.m2ts", 0.85, "-c:v mpeg2video -c:a ac3"),
        ("ac3.vob", 3.0, "-c:v mpeg2video -c:a ac3 -f vob"),
        ("lpcm.vob", 3.0, "-c:v mpeg2video -c:a pcm_dvd -ac 2 -f vob"),
        ("mp2.mpg", 3.0, "-c:v mpeg1video -r 25 -c:a mp2 -f mpeg"),
    ] {
        let args = format!("{video} -itsoffset {late} {audio} {codecs} OUT");
        let decoded = decode_file(&fixtures.ffmpeg(name, &args)).unwrap();
        assert_seconds(name, &decoded, 4.0 + late);
        let lead_in = lead_in(&decoded);
        assert!((lead_in - late).abs() < TOLERANCE, "{name}: {lead_in}");
    }
}

#[test]
fn a_gap_between_two_transport_streams_is_silence() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let first = fixtures.ffmpeg("a.ts", &format!("{SINE} -c:a aac OUT"));
    let args = format!("{SINE} -c:a aac -output_ts_offset 5 OUT");
    let second = fixtures.ffmpeg("b.ts", &args);
    assert_seconds("gap", &join(&fixtures, &[&first, &second]), 7.0);
}

#[test]
fn a_clock_that_starts_over_at_a_joint_is_no_gap() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (first, second, args, expected) in [
        ("a.ts", "b.ts", "-c:a aac", 4.05),
        ("a.ts", "b.ts", "-c:a ac3", 4.03),
        ("a.mpg", "b.mpg", "-c:a mp2 -f mpeg", 4.03),
        ("a.vob", "b.vob", "-c:a ac3 -f vob", 4.03),
    ] {
        let one = fixtures.ffmpeg(first, &format!("{SINE} {args} OUT"));
        let twice = join(&fixtures, &[&one, &one]);
        assert_seconds(first, &twice, expected);
        // A clock that starts elsewhere.
        let args = format!("{SINE} {args} -output_ts_offset 40000 OUT");
        let far = fixtures.ffmpeg(second, &args);
        assert_seconds(second, &join(&fixtures, &[&one, &far]), expected);
        assert_seconds(second, &join(&fixtures, &[&far, &one]), expected);
    }
}

/// The stream says so: five seconds are not a gap.
#[test]
fn a_signalled_discontinuity_is_no_gap() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let first = fixtures.ffmpeg("a.ts", &format!("{SINE} -c:a aac OUT"));
    let args = "-c:a aac -output_ts_offset 5 -mpegts_flags initial_discontinuity";
    let second = fixtures.ffmpeg("b.ts", &format!("{SINE} {args} OUT"));
    assert_seconds("joint", &join(&fixtures, &[&first, &second]), 4.05);
}

/// The clock wraps after 26.5 hours.
#[test]
fn a_clock_that_wraps_is_no_gap() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video = "-f lavfi -i testsrc=s=64x64:r=5:d=4";
    for (name, late, args) in [
        ("a.ts", 0.0, "-c:v mpeg2video -c:a aac"),
        ("b.ts", 3.5, "-c:v mpeg2video -c:a aac"),
    ] {
        let offset = "-output_ts_offset 95442 -muxdelay 0 -muxpreload 0";
        let args = format!("{video} -itsoffset {late} {SINE} {args} {offset} OUT");
        let decoded = decode_file(&fixtures.ffmpeg(name, &args)).unwrap();
        assert_seconds(name, &decoded, 2.0 + late);
    }
}

/// Every PES packet of audio loses its timestamp but the first.
#[test]
fn audio_without_timestamps_follows() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.ts", &format!("{SINE} -c:a aac OUT"));
    let mut bytes = fs::read(path).unwrap();
    let mut seen = 0;
    for at in 0..bytes.len() - 8 {
        if bytes[at..at + 4] == [0, 0, 1, 0xc0] && bytes[at + 7] & 0x80 != 0 {
            seen += 1;
            // Stuffing takes the place of the timestamp.
            if seen > 1 {
                bytes[at + 7] &= 0x3f;
                bytes[at + 9..at + 14].fill(0xff);
            }
        }
    }
    assert!(seen > 3);
    let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
    assert_seconds("untimed", &decoded, 2.03);
}

/// A program stream with these elementary bytes in packets of `size` bytes of stream `id`.
fn program_stream(id: u8, bytes: &[u8], size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for packet in bytes.chunks(size) {
        all.extend_from_slice(&[0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8]);
        let length = u16::try_from(packet.len() + 3).unwrap().to_be_bytes();
        all.extend_from_slice(&[0, 0, 1, id, length[0], length[1], 0x80, 0, 0]);
        all.extend_from_slice(packet);
    }
    all
}

/// Cameras write AAC, and recorders AC-3 without the sub-stream id of DVDs.
#[test]
fn program_streams_with_aac_or_bare_ac3_are_decoded() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let aac = fixtures.ffmpeg("a.aac", &format!("{SINE} -c:a aac OUT"));
    let ac3 = fixtures.ffmpeg("a.ac3", &format!("{SINE} -c:a ac3 -b:a 192k OUT"));
    // Frames of AC-3 have a constant length, so that each begins a packet.
    let ac3_frame = 768;
    for (file, id, size, codec) in [
        (aac, 0xc0, 2000, "AAC"),
        (ac3, 0xbd, ac3_frame, "AC-3 (Dolby Digital)"),
    ] {
        let bare = decode_file(&file).unwrap();
        let bytes = program_stream(id, &fs::read(&file).unwrap(), size);
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert_eq!(decoded.info.codec, codec);
        assert_eq!(decoded.samples, bare.samples, "{codec}");
    }
}
