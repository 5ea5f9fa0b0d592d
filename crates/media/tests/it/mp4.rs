//! The presentation time of MP4: edit lists, pauses, fragments, damage.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use tonearm_media::{FileError, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_reader, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode_to};
use crate::mp4_writer::Mp4;

/// The speed of an edit that is played as it is.
const NORMAL: u32 = 0x1_0000;

/// Ten seconds of mono PCM at 8 kHz whose samples count up, so that each shows its place.
fn counting(edits: &[(u32, i32, u32)]) -> Mp4 {
    let data = (0..80_000u32).flat_map(|n| ((n % 30_000) as i16 + 1).to_le_bytes());
    Mp4 {
        edits: edits.to_vec(),
        ..Mp4::pcm(8000, (*b"sowt", 1, 16, Vec::new()), data.collect())
    }
}

fn decode(file: &Mp4) -> Result<Decoded, FileError> {
    decode_reader(Cursor::new(file.bytes()), &Limits::default())
}

/// The tick of the track that plays at each sample; `None` for silence.
fn ticks(decoded: &Decoded) -> Vec<Option<u32>> {
    let samples = decoded.samples.iter();
    samples
        .map(|sample| (*sample != 0.0).then(|| (sample * 32_768.0).round() as u32 - 1))
        .collect()
}

fn assert_plays(edits: &[(u32, i32, u32)], parts: &[(usize, Option<u32>)]) {
    let decoded = decode(&counting(edits)).unwrap();
    let mut expected = Vec::new();
    for &(count, start) in parts {
        expected.extend((0..count as u32).map(|n| start.map(|start| (start + n) % 30_000)));
    }
    let ticks = ticks(&decoded);
    assert_eq!(ticks.len(), expected.len(), "{edits:?}");
    let wrong = ticks.iter().zip(&expected).position(|(a, b)| a != b);
    assert_eq!(wrong, None, "{edits:?}");
}

#[test]
fn what_an_edit_list_trims_is_not_played() {
    assert_plays(&[], &[(80_000, Some(0))]);
    assert_plays(&[(2000, 16_000, NORMAL)], &[(16_000, Some(16_000))]);
    assert_plays(&[(8000, 16_000, NORMAL)], &[(64_000, Some(16_000))]);
    // Cut out of the middle.
    assert_plays(
        &[(3000, 8000, NORMAL), (2000, 40_000, NORMAL)],
        &[(24_000, Some(8000)), (16_000, Some(40_000))],
    );
    // Less than a packet is cut out.
    assert_plays(
        &[(1000, 0, NORMAL), (1000, 8100, NORMAL)],
        &[(8000, Some(0)), (8000, Some(8100))],
    );
}

#[test]
fn a_pause_in_an_edit_list_is_silence() {
    // A pause at the start, which no other track fills, is before the file begins.
    assert_plays(
        &[(850, -1, NORMAL), (10_000, 0, NORMAL)],
        &[(80_000, Some(0))],
    );
    assert_plays(
        &[
            (1000, 0, NORMAL),
            (2500, -1, NORMAL),
            (1000, 8000, NORMAL),
            (100, -1, NORMAL),
            (500, 30_000, NORMAL),
        ],
        &[
            (8000, Some(0)),
            (20_000, None),
            (8000, Some(8000)),
            (800, None),
            (4000, Some(30_000)),
        ],
    );
}

#[test]
fn edits_are_played_in_their_order_and_repeatedly() {
    assert_plays(
        &[
            (1000, 40_000, NORMAL),
            (1000, 8000, NORMAL),
            (1000, 8000, NORMAL),
        ],
        &[(8000, Some(40_000)), (8000, Some(8000)), (8000, Some(8000))],
    );
}

#[test]
fn another_speed_is_refused_by_name() {
    for (rate, words) in [(0x8000, "50 %"), (2 * NORMAL, "200 %"), (0, "holds")] {
        let file = counting(&[(1000, 0, NORMAL), (1000, 8000, rate)]);
        let error = decode(&file).err().unwrap();
        assert_eq!(error.code(), "unsupported_speed");
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.is_permanent());
    }
}

#[test]
fn edits_that_repeat_hours_are_limited() {
    let file = counting(&[(10_000, 0, NORMAL); 1000]);
    let limits = Limits {
        max_seconds: 60,
        ..Limits::default()
    };
    let error = decode_reader(Cursor::new(file.bytes()), &limits)
        .err()
        .unwrap();
    assert_eq!(error.code(), "media_over_budget");
    let file = counting(&[
        (1000, 0, NORMAL),
        (3_000_000, -1, NORMAL),
        (1000, 0, NORMAL),
    ]);
    let error = decode_reader(Cursor::new(file.bytes()), &limits)
        .err()
        .unwrap();
    assert_eq!(error.code(), "media_over_budget");
}

/// Replaces the edits of an ffmpeg file with one edit list entry.
fn with_edit(path: &Path, length: u32, start: u32) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.windows(4).position(|four| four == b"elst").unwrap();
    bytes[at + 12..at + 16].copy_from_slice(&length.to_be_bytes());
    bytes[at + 16..at + 20].copy_from_slice(&start.to_be_bytes());
    bytes
}

#[test]
fn a_trim_in_the_middle_of_each_codec_is_exact() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for codec in [
        "aac",
        "alac",
        "libmp3lame",
        "libopus",
        "ac3",
        "flac -strict -2",
    ] {
        let path = fixtures.tones("a.mp4", 48_000, 2, &format!("-c:a {codec}"));
        let whole = decode_file(&path).unwrap();
        let edited = fixtures.path("edited.mp4");
        // The delay of the codec precedes the first sample of `whole`.
        let bytes = fs::read(&path).unwrap();
        let at = bytes.windows(4).position(|four| four == b"elst").unwrap();
        let delay = u32::from_be_bytes(bytes[at + 16..at + 20].try_into().unwrap());
        fs::write(&edited, with_edit(&path, 1500, delay + 70_001)).unwrap();
        let part = decode_file(&edited).unwrap();
        assert_eq!(part.frames(), 72_000, "{codec}");
        let expected = &whole.samples[2 * 70_001..];
        let ratio = snr(&part.samples, &expected[..part.samples.len()]);
        assert!(ratio > 60.0, "{codec}: {ratio}");
    }
}

#[test]
fn the_delay_of_the_encoder_is_trimmed_as_by_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let click = "-f lavfi -i aevalsrc=eq(n\\,24000):s=48000:d=1";
    for (name, args, expected) in [
        ("aac.mp4", "-c:a aac", 24_000),
        // Nothing in the file states the delay.
        ("bare.mp4", "-c:a aac -use_editlist 0", 25_024),
        ("mp3.mp4", "-c:a libmp3lame", 24_000),
        ("opus.mp4", "-c:a libopus", 24_000),
        (
            "frag.mp4",
            "-c:a aac -movflags frag_keyframe+empty_moov+delay_moov",
            24_000,
        ),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{click} {args} OUT"));
        let decoded = decode_file(&path).unwrap();
        let samples = decoded.channel(0);
        let loudest = samples
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let place = loudest.unwrap().0;
        assert!(place.abs_diff(expected) <= 2, "{name}: {place}");
    }
}

#[test]
fn a_gap_between_fragments_is_silence() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    fixtures.video("whole.mp4", 48_000, 2, "-c:v mpeg4 -g 10 -c:a aac");
    // ffmpeg does not trim the delay of the encoder in fragments.
    for (flags, delay) in [
        ("+frag_keyframe+empty_moov+default_base_moof", 0),
        ("+frag_keyframe+delay_moov", 1024),
        ("+frag_keyframe", 0),
    ] {
        let drop = format!("-c copy -bsf:a noise=drop='between(n,40,80)' -movflags {flags}");
        let path = fixtures.ffmpeg("gap.mp4", &format!("-i DIR/whole.mp4 {drop} OUT"));
        let decoded = decode_file(&path).unwrap();
        let reference = ffmpeg_decode_to("-af aresample=async=1:first_pts=0", &path);
        let difference = decoded.frames().abs_diff(reference.len() / 2 - delay);
        assert!(difference <= 1024, "{flags}: {difference}");
        let ratio = snr(&decoded.samples, &reference[2 * delay..]);
        assert!(ratio > 60.0, "{flags}: {ratio}");
        assert!(decoded.gaps > Duration::from_millis(800), "{flags}");
    }
}

/// The clock of a live stream does not begin at zero.
#[test]
fn fragments_of_a_live_stream_begin_at_once() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let args = "-c:v mpeg4 -g 10 -c:a aac -output_ts_offset 5000 \
                -movflags +frag_keyframe+empty_moov+default_base_moof";
    let path = fixtures.video("live.mp4", 48_000, 2, args);
    let decoded = decode_file(&path).unwrap();
    let seconds = decoded.frames() as f64 / 48_000.0;
    assert!((seconds - SECONDS).abs() < 0.06, "{seconds}");
    // The audio of a live stream begins late.
    let late = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.85 \
                -f lavfi -i sine=f=440:r=48000:d=3";
    let path = fixtures.ffmpeg("late.mp4", &format!("{late} {args} OUT"));
    let decoded = decode_file(&path).unwrap();
    let reference = ffmpeg_decode_to("-af aresample=async=1:first_pts=0", &path);
    let seconds = decoded.frames() as f64 / 48_000.0;
    assert!((seconds - 3.85).abs() < 0.06, "{seconds}");
    assert!(!reference.is_empty());
}

#[test]
fn overwritten_bytes_are_silence_of_their_length() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.m4a", 48_000, 2, "-c:a aac -movflags +faststart");
    let intact = decode_file(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 400].fill(0x5a);
    let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
    assert_eq!(decoded.frames(), intact.frames());
    assert!(!decoded.is_truncated);
    let lost = decoded.concealed as f64 * 1024.0 / 48_000.0;
    assert!((decoded.silent.as_secs_f64() - lost).abs() < 1e-6);
}

/// The list of sizes in 4, 8 and 16 bits.
#[test]
fn compact_sizes_are_read() {
    for (field, packed) in [
        (4, vec![0x46, 0x20]),
        (8, vec![4, 6, 2]),
        (16, vec![0, 4, 0, 6, 0, 2]),
    ] {
        let mut sizes = crate::mp4_writer::full(b"stz2", &[field, 3]);
        sizes.extend(packed);
        let length = sizes.len() as u32;
        sizes[..4].copy_from_slice(&length.to_be_bytes());
        let file = Mp4 {
            times: vec![(1, 2), (1, 3), (1, 1)],
            sizes,
            ..Mp4::pcm(8000, (*b"sowt", 1, 16, Vec::new()), (1..=12).collect())
        };
        let decoded = decode(&file).unwrap();
        assert_eq!(decoded.frames(), 6, "{field}");
        assert!(decoded.samples.iter().all(|sample| *sample != 0.0));
    }
}
