//! Codecs of MP4 and QuickTime that ffmpeg does not write, or that have variants.

use std::fs;
use std::io::Cursor;

use tonearm_media::{FileError, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, decode_reader};
use crate::fixtures::{Fixtures, ffmpeg_decode};
use crate::mp4_writer::{Mp4, bx};

/// The configuration of `ipcm` and `fpcm`: flags and bits.
fn pcm_config(is_little_endian: bool, bits: u16) -> Vec<u8> {
    bx(
        b"pcmC",
        &[&[
            0,
            0,
            0,
            0,
            u8::from(is_little_endian),
            bits.to_le_bytes()[0],
        ]],
    )
}

#[test]
fn pcm_in_mp4_has_the_byte_order_and_size_of_its_configuration() {
    let values = [0.0, 0.5, -0.25, 0.125, -1.0, 0.75];
    for (kind, bits) in [
        (b"ipcm", 16),
        (b"ipcm", 24),
        (b"ipcm", 32),
        (b"fpcm", 32),
        (b"fpcm", 64),
    ] {
        for is_little_endian in [true, false] {
            let mut data = Vec::new();
            for _ in 0..500 {
                for value in values {
                    let mut bytes = match (kind, bits) {
                        (b"fpcm", 32) => (value as f32).to_be_bytes().to_vec(),
                        (b"fpcm", _) => f64::to_be_bytes(value).to_vec(),
                        (_, bits) => {
                            let full = (value * 2f64.powi(31)) as i32;
                            full.to_be_bytes()[..usize::from(bits) / 8].to_vec()
                        }
                    };
                    if is_little_endian {
                        bytes.reverse();
                    }
                    data.extend(bytes);
                }
            }
            let entry = (*kind, 2, bits, pcm_config(is_little_endian, bits));
            let file = Mp4::pcm(48_000, entry, data).bytes();
            let decoded = decode_reader(Cursor::new(file), &Limits::default()).unwrap();
            assert_eq!(decoded.frames(), 1500, "{bits} {is_little_endian}");
            for (n, sample) in decoded.samples.iter().enumerate() {
                let expected = values[n % values.len()] as f32;
                assert!(
                    (sample - expected).abs() < 1e-6,
                    "{bits} {is_little_endian} {n}"
                );
            }
        }
    }
}

#[test]
fn codecs_without_a_decoder_are_named() {
    for (kind, name) in [
        (b"mha1", "MPEG-H 3D Audio"),
        (b"mhm1", "MPEG-H 3D Audio"),
        (b"apac", "Apple Positional Audio (APAC)"),
        (b"ac-4", "AC-4"),
        (b"dtsx", "DTS:X"),
        (b"enca", "a copy-protected stream"),
    ] {
        let file = Mp4::pcm(48_000, (*kind, 2, 16, Vec::new()), vec![0; 400]).bytes();
        match decode_reader(Cursor::new(file), &Limits::default()) {
            Err(FileError::UnsupportedCodec { name: found }) => assert_eq!(found, name),
            other => panic!("{name}: {:?}", other.map(|decoded| decoded.info)),
        }
    }
}

/// Replaces the AudioSpecificConfig of an ffmpeg file with one of equal length.
fn with_config(bytes: &[u8], config: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes.windows(4).position(|four| four == b"esds").unwrap();
    let tag = bytes[at..]
        .windows(4)
        .position(|four| four == [5, 0x80, 0x80, 0x80])
        .unwrap();
    let start = at + tag + 5;
    let length = usize::from(bytes[start - 1]);
    let padded = config.iter().copied().chain(std::iter::repeat(0));
    bytes[start..start + length]
        .iter_mut()
        .zip(padded)
        .for_each(|(slot, byte)| *slot = byte);
    bytes
}

#[test]
fn an_object_type_without_a_decoder_is_named() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.m4a", 44_100, 2, "-c:a aac");
    let bytes = fs::read(&path).unwrap();
    // Escaped object type 42.
    let changed = with_config(&bytes, &[0xf9, 0x48, 0x80, 0]);
    match decode_reader(Cursor::new(changed), &Limits::default()) {
        Err(FileError::UnsupportedCodec { name }) => assert_eq!(name, "xHE-AAC (USAC)"),
        other => panic!("{:?}", other.map(|decoded| decoded.info)),
    }
}

/// Sets the channels and the sample rate in the description of `mp4a`.
fn with_description(bytes: &[u8], channels: u16, rate: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes.windows(4).position(|four| four == b"mp4a").unwrap() + 20;
    bytes[at..at + 2].copy_from_slice(&channels.to_be_bytes());
    bytes[at + 8..at + 12].copy_from_slice(&(rate << 16).to_be_bytes());
    bytes
}

#[test]
fn the_configuration_of_aac_takes_precedence_over_the_description() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (rate, channels) in [(44_100, 1), (44_100, 2), (24_000, 2)] {
        let path = fixtures.tones("a.m4a", rate, channels, "-c:a aac");
        let bytes = fs::read(&path).unwrap();
        let expected = decode_file(&path).unwrap();
        for (stated_channels, stated_rate) in [(1, rate), (2, rate), (2, 48_000), (6, 8000)] {
            let changed = with_description(&bytes, stated_channels, stated_rate);
            let decoded = decode_reader(Cursor::new(changed), &Limits::default()).unwrap();
            assert_eq!(usize::from(decoded.info.channels), channels);
            assert_eq!(decoded.info.sample_rate, rate);
            assert!(decoded.samples == expected.samples, "{rate} {stated_rate}");
        }
    }
}

#[test]
fn vorbis_in_mp4_is_decoded() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.mp4", 44_100, 2, "-c:a libvorbis");
    let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
    let difference = decoded.frames().abs_diff(reference.len() / 2);
    assert!(difference <= 1024, "{difference}");
    assert!(decoded.tone(0, 400.0) > 0.45);
}
