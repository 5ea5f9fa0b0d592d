//! MPEG audio and AAC that the standards or most encoders do not provide for, as ffmpeg
//! decodes it.

use std::fs;

use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, snr};
use crate::fixtures::{Fixtures, ffmpeg_decode};
use crate::formats::CLOSE;

/// The standard gives mono at most 192 kbit/s, and stereo no less than 96, except 64.
#[test]
fn layer_2_is_decoded_at_every_bitrate_in_every_container() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let mut cases = vec![("mp2", 44_100, 1, 384)];
    for container in ["mp2", "ts", "mpg", "mkv", "mp4", "avi"] {
        cases.extend([(container, 48_000, 1, 384), (container, 48_000, 2, 80)]);
    }
    for rate in [48_000, 44_100, 32_000] {
        cases.extend([224, 256, 320].map(|kbps| ("mp2", rate, 1, kbps)));
        cases.extend([32, 48, 56, 80].map(|kbps| ("mp2", rate, 2, kbps)));
    }
    cases.extend([32, 48, 56, 80, 144].map(|kbps| ("mp2", 24_000, 2, kbps)));
    for (container, rate, channels, kbps) in cases {
        let name = format!("{rate}-{channels}-{kbps}.{container}");
        let args = format!("-c:a mp2 -b:a {kbps}k");
        let path = fixtures.tones(&name, rate, channels, &args);
        let decoded = decode_file(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let reference = ffmpeg_decode(&path);
        assert_eq!(decoded.samples.len(), reference.len(), "{name}");
        let snr = snr(&decoded.samples, &reference);
        assert!(snr > CLOSE, "{name}: {snr} dB");
        assert_eq!(decoded.concealed, 0, "{name}");
    }
}

#[test]
fn aac_follows_changes_of_channels_and_rate() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let sine = "-f lavfi -i sine=f=440:d=1";
    let one = fixtures.ffmpeg("a.aac", &format!("{sine} -ac 2 -ar 48000 -c:a aac OUT"));
    let two = fixtures.ffmpeg("b.aac", &format!("{sine} -ac 1 -ar 44100 -c:a aac OUT"));
    let parts = [&one, &two, &one].map(|path| fs::read(path).unwrap());
    let path = fixtures.path("joined.aac");
    fs::write(&path, parts.concat()).unwrap();
    let mut decoded = decode_file(&path).unwrap();
    let seconds = decoded.frames() as f64 / 48_000.0;
    // Each part has the encoder's delay of 1024 samples, and padding.
    assert!((3.06..3.12).contains(&seconds), "{seconds}");
    assert_eq!((decoded.concealed, decoded.is_truncated), (0, false));
    decoded.samples.drain(..decoded.samples.len() / 5 * 2);
    decoded.samples.truncate(48_000);
    assert!(decoded.tone(0, 440.0) > 0.1);
}

#[test]
fn aac_is_decoded_at_7350_hz() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for name in ["a.aac", "a.mp4", "a.ts", "a.mkv"] {
        let path = fixtures.tones(name, 7350, 1, "-c:a aac");
        let decoded = decode_file(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (decoded.info.sample_rate, decoded.info.output_rate),
            (7350, 8000)
        );
        let seconds = decoded.frames() as f64 / 8000.0;
        assert!((seconds - 3.217).abs() < 0.3, "{name}: {seconds}");
        assert!(decoded.tone(0, 400.0) > 0.4, "{name}");
    }
}

/// Bytes of 0xff look like the beginning of a header.
#[test]
fn mp3_after_junk_is_decoded() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let args = "-c:a libmp3lame -id3v2_version 0 -write_xing 0";
    let plain = fixtures.tones("plain.mp3", 44_100, 2, args);
    let path = fixtures.path("junk.mp3");
    fs::write(&path, [vec![0xff; 384], fs::read(&plain).unwrap()].concat()).unwrap();
    let decoded = decode_file(&path).unwrap();
    assert_eq!(decoded.samples.len(), ffmpeg_decode(&plain).len());
}

/// PCM of 16 to 24 bits, bit by bit.
#[test]
fn smpte_302m_is_lossless() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, channels, format) in [
        ("16.ts", 2, "-sample_fmt s16"),
        ("24.ts", 2, "-sample_fmt s32"),
        ("surround.ts", 6, "-sample_fmt s16"),
    ] {
        let args = format!("-c:a s302m -strict -2 {format}");
        let path = fixtures.tones(name, 48_000, channels, &args);
        let decoded = decode_file(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(usize::from(decoded.info.channels), channels, "{name}");
        let reference = ffmpeg_decode(&path);
        assert_eq!(decoded.frames(), reference.len() / channels, "{name}");
        if channels == 2 {
            let snr = snr(&decoded.samples, &reference);
            assert!(snr > 130.0, "{name}: {snr} dB");
        }
    }
}
