//! AVI, FLV and MPEG streams, compared with ffmpeg's decode.

use std::fs;
use std::io::Cursor;

use tonearm_media::{Container, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, decode_reader, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode};
use crate::formats::Length::{Ffmpeg, Less, Source};
use crate::formats::{CLOSE, EXACT, MP3_DELAY, check_same};

#[test]
fn avi_with_lossy_codecs_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        ("MP3", 44_100, 2),
        (Less(MP3_DELAY), CLOSE),
        &[
            ("cbr.avi", "X264 -c:a libmp3lame"),
            ("vbr.avi", "X264 -c:a libmp3lame -q:a 2"),
            ("noindex.avi", "X264 -c:a libmp3lame -write_index 0"),
        ],
    );
    let vorbis = [("vorbis.avi", "X264 -c:a libvorbis")];
    check_same(("Vorbis", 44_100, 2), (Ffmpeg, CLOSE), &vorbis);
    let aac = [("aac.avi", "X264 -c:a aac")];
    check_same(("AAC", 44_100, 2), (Ffmpeg, CLOSE), &aac);
    let mp2 = [("mp2.avi", "X264 -c:a mp2")];
    check_same(("MP2", 48_000, 2), (Ffmpeg, CLOSE), &mp2);
}

#[test]
fn avi_with_lossless_codecs_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        ("PCM", 44_100, 2),
        (Source, EXACT),
        &[
            ("8.avi", "X264 -c:a pcm_u8"),
            ("16.avi", "X264 -c:a pcm_s16le"),
            ("24.avi", "X264 -c:a pcm_s24le"),
            ("float.avi", "X264 -c:a pcm_f32le"),
            ("ulaw.avi", "X264 -c:a pcm_mulaw"),
        ],
    );
    let flac = [("flac.avi", "X264 -c:a flac")];
    check_same(("FLAC", 44_100, 2), (Source, EXACT), &flac);
    check_same(
        ("ADPCM", 44_100, 2),
        (Ffmpeg, EXACT),
        &[
            ("ms.avi", "X264 -c:a adpcm_ms"),
            ("ima.avi", "X264 -c:a adpcm_ima_wav"),
        ],
    );
}

/// OpenDML files over 1 GB have several RIFF chunks.
#[test]
fn avi_of_several_riff_chunks_is_decoded_to_its_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.avi", 44_100, 2, "-c:a pcm_s16le");
    let intact = decode_file(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let movi = find(&bytes, b"movi") + 4;
    let end = find(&bytes, b"idx1");
    // The start of a chunk in the middle.
    let mut at = movi;
    while at < (movi + end) / 2 {
        at += 8 + usize::try_from(u32::from_le_bytes(
            bytes[at + 4..at + 8].try_into().unwrap(),
        ))
        .unwrap();
    }
    let rest = &bytes[at..end];
    let size = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let mut parts = bytes[..at].to_vec();
    parts[4..8].copy_from_slice(&size(at - 8));
    parts[movi - 8..movi - 4].copy_from_slice(&size(at - movi + 4));
    parts.extend_from_slice(b"RIFF");
    parts.extend(size(rest.len() + 16));
    parts.extend_from_slice(b"AVIXLIST");
    parts.extend(size(rest.len() + 4));
    parts.extend_from_slice(b"movi");
    parts.extend_from_slice(rest);
    let decoded = decode_reader(Cursor::new(parts), &Limits::default()).unwrap();
    assert_eq!(decoded.samples, intact.samples);
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    let mut windows = bytes.windows(what.len());
    windows.position(|window| window == what).unwrap()
}

#[test]
fn flv_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let aac = [("aac.flv", "-c:v flv -c:a aac"), ("alone.flv", "-c:a aac")];
    check_same(("AAC", 44_100, 2), (Ffmpeg, CLOSE), &aac);
    let mp3 = [("mp3.flv", "-c:v flv -c:a libmp3lame")];
    check_same(("MP3", 44_100, 2), (Less(MP3_DELAY), CLOSE), &mp3);
    let pcm = [("pcm.flv", "-c:v flv -c:a pcm_s16le")];
    check_same(("PCM", 44_100, 2), (Source, EXACT), &pcm);
    let phone = [
        ("ulaw.flv", "-c:v flv -c:a pcm_mulaw"),
        ("alaw.flv", "-c:v flv -c:a pcm_alaw"),
    ];
    check_same(("PCM", 8000, 1), (Source, EXACT), &phone);
}

#[test]
fn transport_streams_match_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        ("AAC", 48_000, 2),
        (Ffmpeg, CLOSE),
        &[
            ("adts.ts", "X264 -c:a aac"),
            ("latm.ts", "X264 -c:a aac -mpegts_flags latm"),
            ("radio.ts", "-c:a aac"),
        ],
    );
    let mp3 = [("mp3.ts", "X264 -c:a libmp3lame")];
    check_same(("MP3", 44_100, 2), (Ffmpeg, CLOSE), &mp3);
    let mp2 = [("mp2.ts", "-c:v mpeg2video -c:a mp2")];
    check_same(("MP2", 48_000, 2), (Ffmpeg, CLOSE), &mp2);
}

/// The stream states the trim at both ends, which ffmpeg ignores.
#[test]
fn opus_in_a_transport_stream_has_the_length_of_its_source() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, channels, args) in [
        ("a.ts", 2, "-c:a libopus"),
        ("b.ts", 1, "-c:a libopus"),
        ("c.ts", 6, "-c:a libopus -mapping_family 1 -b:a 384k"),
    ] {
        let path = fixtures.tones(name, 48_000, channels, args);
        let decoded = decode_file(&path).unwrap();
        assert_eq!(usize::from(decoded.info.channels), channels, "{name}");
        assert_eq!(decoded.frames(), (SECONDS * 48_000.0) as usize, "{name}");
        if channels < 6 {
            let reference = &ffmpeg_decode(&path)[312 * channels..];
            assert!(snr(&decoded.samples, reference) > 70.0, "{name}");
        }
        assert!(decoded.tone(0, 400.0) > 0.18, "{name}");
    }
}

/// Receivers write packets of 204 bytes, and start at an arbitrary byte.
#[test]
fn transport_streams_with_checksums_or_from_the_middle_are_decoded() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.video("a.ts", 48_000, 2, "-c:v mpeg2video -c:a mp2");
    let intact = decode_file(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let with_checksums: Vec<u8> = bytes
        .chunks(188)
        .flat_map(|packet| [packet, &[0; 16]].concat())
        .collect();
    let decoded = decode_reader(Cursor::new(with_checksums), &Limits::default()).unwrap();
    assert_eq!(decoded.samples, intact.samples);
    let from_middle = bytes[188 * 40 + 77..].to_vec();
    let decoded = decode_reader(Cursor::new(from_middle), &Limits::default()).unwrap();
    assert_eq!(decoded.info.container, Container::MpegTs);
    let ratio = decoded.frames() as f64 / intact.frames() as f64;
    assert!((0.5..1.0).contains(&ratio), "{ratio}");
    assert!(decoded.tone(0, 400.0) > 0.4);
}

#[test]
fn program_streams_match_ffmpeg() {
    require_tool!("ffmpeg");
    check_same(
        ("MP2", 44_100, 2),
        (Ffmpeg, CLOSE),
        &[
            ("a.mpg", "-c:v mpeg2video -c:a mp2"),
            ("b.mpg", "-c:v mpeg1video -c:a mp2 -f mpeg"),
            ("c.mpg", "-c:v mpeg2video -c:a mp2 -f dvd"),
        ],
    );
    let mp3 = [("d.mpg", "-c:v mpeg1video -c:a libmp3lame")];
    check_same(("MP3", 44_100, 2), (Ffmpeg, CLOSE), &mp3);
}

#[test]
fn raw_loas_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let files = [("a.latm", "-c:a aac -f latm")];
    check_same(("AAC", 44_100, 2), (Ffmpeg, CLOSE), &files);
}
