//! PCM and ADPCM in every common bit depth, byte order and container.

use std::fs::{self, OpenOptions};
use std::io::{Cursor, Seek, SeekFrom, Write};

use tonearm_media::{Container, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, decode_reader, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode};
use crate::formats::Length::{Ffmpeg, Source};
use crate::formats::{CLOSE, EXACT, check_same};

const PCM: (&str, u32, usize) = ("PCM", 44_100, 2);

#[test]
fn wav_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("s32.wav", "-c:a pcm_s32le"),
            ("s64.wav", "-c:a pcm_s64le"),
            ("f64.wav", "-c:a pcm_f64le"),
            ("ulaw.wav", "-c:a pcm_mulaw"),
            ("alaw.wav", "-c:a pcm_alaw"),
            ("rf64.wav", "-rf64 always"),
            ("rf64-24.wav", "-rf64 always -c:a pcm_s24le"),
            ("16.w64", ""),
            ("24.w64", "-c:a pcm_s24le"),
        ],
    );
}

/// Cool Edit writes floats in units of 16-bit and 24-bit integers and states an integer
/// format. ffmpeg reads these files, and writes none.
#[test]
fn float_wav_with_an_integer_format_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, bits, extra, scale) in [
        ("16.wav", 32u16, &[2u8, 0, 1, 0][..], 32_768f32),
        ("24.wav", 24, &[], 8_388_608.0),
    ] {
        let mut file = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        file.extend((16 + extra.len() as u32).to_le_bytes());
        file.extend([1, 0, 2, 0]);
        file.extend(48_000u32.to_le_bytes());
        file.extend((8 * 48_000u32).to_le_bytes());
        file.extend([8, 0]);
        file.extend(bits.to_le_bytes());
        file.extend(extra);
        file.extend(b"data");
        file.extend((8 * 4800u32).to_le_bytes());
        for n in 0..9600 {
            file.extend((scale * (n as f32 / 50.0).sin() * 0.7).to_le_bytes());
        }
        let path = fixtures.path(name);
        fs::write(&path, file).unwrap();
        let ours = decode_file(&path).unwrap();
        assert_eq!(ours.frames(), 4800, "{name}");
        let snr = snr(&ours.samples, &ffmpeg_decode(&path));
        assert!(snr > EXACT, "{name}: {snr} dB");
    }
}

#[test]
fn compressed_wav_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let mp3 = [("mp3.wav", "-c:a libmp3lame")];
    check_same(("MP3", 44_100, 2), (Ffmpeg, CLOSE), &mp3);
    let mp2 = [("mp2.wav", "-c:a mp2")];
    check_same(("MP2", 44_100, 2), (Ffmpeg, CLOSE), &mp2);
}

#[test]
fn aiff_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("s8.aiff", "-c:a pcm_s8"),
            ("s32.aiff", "-c:a pcm_s32be"),
            ("f32.aifc", "-c:a pcm_f32be -f aiff"),
            ("f64.aifc", "-c:a pcm_f64be -f aiff"),
            ("s16le.aifc", "-c:a pcm_s16le -f aiff"),
            ("ulaw.aifc", "-c:a pcm_mulaw -f aiff"),
            ("alaw.aifc", "-c:a pcm_alaw -f aiff"),
        ],
    );
}

#[test]
fn au_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("s8.au", "-c:a pcm_s8"),
            ("s16.au", ""),
            ("s24.au", "-c:a pcm_s24be"),
            ("s32.au", "-c:a pcm_s32be"),
            ("f32.au", "-c:a pcm_f32be"),
            ("f64.au", "-c:a pcm_f64be"),
            ("ulaw.au", "-c:a pcm_mulaw"),
            ("alaw.au", "-c:a pcm_alaw"),
        ],
    );
}

#[test]
fn caf_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("s8.caf", "-c:a pcm_s8"),
            ("s16le.caf", "-c:a pcm_s16le"),
            ("s24be.caf", "-c:a pcm_s24be"),
            ("s24le.caf", "-c:a pcm_s24le"),
            ("s32le.caf", "-c:a pcm_s32le"),
            ("f32le.caf", "-c:a pcm_f32le"),
            ("f64be.caf", "-c:a pcm_f64be"),
            ("ulaw.caf", "-c:a pcm_mulaw"),
            ("alaw.caf", "-c:a pcm_alaw"),
        ],
    );
}

#[test]
fn mov_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("u8.mov", "-c:a pcm_u8"),
            ("s8.mov", "-c:a pcm_s8"),
            ("s32be.mov", "-c:a pcm_s32be"),
            ("f32be.mov", "-c:a pcm_f32be"),
            ("f64le.mov", "-c:a pcm_f64le"),
            ("f64be.mov", "-c:a pcm_f64be"),
        ],
    );
}

#[test]
fn matroska_of_every_encoding_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        PCM,
        (Source, EXACT),
        &[
            ("u8.mkv", "-c:a pcm_u8"),
            ("s16be.mkv", "-c:a pcm_s16be"),
            ("s24le.mkv", "-c:a pcm_s24le"),
            ("s32le.mkv", "-c:a pcm_s32le"),
            ("f32le.mkv", "-c:a pcm_f32le"),
            ("f64le.mkv", "-c:a pcm_f64le"),
            ("ulaw.mkv", "-c:a pcm_mulaw"),
            ("alaw.mkv", "-c:a pcm_alaw"),
        ],
    );
}

#[test]
fn adpcm_matches_ffmpeg_in_every_container() {
    require_tool!("ffmpeg");
    check_same(
        ("ADPCM", 44_100, 2),
        (Ffmpeg, EXACT),
        &[
            ("ms.mkv", "-c:a adpcm_ms"),
            ("ima.mkv", "-c:a adpcm_ima_wav"),
            ("ms.mov", "-c:a adpcm_ms"),
            ("ima.mov", "-c:a adpcm_ima_qt"),
            ("wav.mov", "-c:a adpcm_ima_wav"),
            ("ima.aifc", "-c:a adpcm_ima_qt -f aiff"),
            ("ima.caf", "-c:a adpcm_ima_qt"),
        ],
    );
    let mono = [("mono.mov", "-c:a adpcm_ima_qt")];
    check_same(("ADPCM", 22_050, 1), (Ffmpeg, EXACT), &mono);
}

#[test]
fn less_common_combinations_match_ffmpeg() {
    require_tool!("ffmpeg");
    let mp2 = [("mp2.mov", "-c:a mp2"), ("mp2.mkv", "-c:a mp2")];
    check_same(("MP2", 44_100, 2), (Ffmpeg, CLOSE), &mp2);
    let opus = [("opus.caf", "-c:a libopus")];
    check_same(("Opus", 48_000, 2), (Ffmpeg, 75.0), &opus);
    let vorbis = [("video.ogv", "-c:v libtheora -c:a libvorbis")];
    check_same(("Vorbis", 44_100, 2), (Source, CLOSE), &vorbis);
    let flac = [("video.ogv", "-c:v libtheora -c:a flac")];
    check_same(("FLAC", 44_100, 2), (Source, EXACT), &flac);
    let phone = [("a.3gp", "X264 -c:a aac"), ("a.3g2", "X264 -c:a aac")];
    check_same(("AAC", 44_100, 2), (Source, CLOSE), &phone);
}

/// A program that cannot seek (`ffmpeg -f wav -`) or that was killed leaves such files.
#[test]
fn a_wav_of_unknown_size_is_decoded_to_its_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let bytes = fs::read(fixtures.tones("a.wav", 44_100, 2, "")).unwrap();
    let at = bytes.windows(4).position(|four| four == b"data").unwrap() + 4;
    for size in [0u32, u32::MAX] {
        let mut bytes = bytes.clone();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert_eq!(decoded.frames(), (SECONDS * 44_100.0).round() as usize);
        assert!(!decoded.is_truncated);
    }
}

/// The file is sparse.
#[test]
fn rf64_over_4_gib_is_read_by_its_64_bit_size() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wav", 44_100, 2, "-rf64 always");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|four| four == b"data").unwrap();
    let frames = (5u64 << 30) / 4;
    let ds64 = bytes.windows(4).position(|four| four == b"ds64").unwrap();
    bytes[ds64 + 16..ds64 + 24].copy_from_slice(&(frames * 4).to_le_bytes());
    bytes.truncate(at + 8);
    fs::write(&path, &bytes).unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(at as u64 + 8 + frames * 4 - 1))
        .unwrap();
    file.write_all(&[0]).unwrap();
    let limits = Limits {
        max_bytes: 8 << 30,
        ..Limits::default()
    };
    let reader = fs::File::open(&path).unwrap();
    let selection = tonearm_media::Selection::default();
    let source =
        crate::decoding::open(reader, &limits, &crate::decoding::mp3(), &selection).unwrap();
    let seconds = source.info().duration.unwrap().as_secs_f64();
    assert!((seconds - frames as f64 / 44_100.0).abs() < 0.001);
    assert_eq!(source.info().container, Container::Wav);
}

#[test]
fn quicktime_without_ftyp_is_read() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.mov", 44_100, 2, "-c:a pcm_s16be");
    let intact = decode_file(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(&bytes[4..8], b"ftyp");
    let mut old = bytes.clone();
    // Early files begin with this box instead.
    old[4..8].copy_from_slice(b"wide");
    let decoded = decode_reader(Cursor::new(old), &Limits::default()).unwrap();
    assert_eq!(decoded.samples, intact.samples);
}
