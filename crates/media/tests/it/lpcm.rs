//! PCM of Blu-ray discs and DVDs, compared with ffmpeg's decode sample by sample.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use tonearm_media::{Container, FileError, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_reader, snr};
use crate::fixtures::{Fixtures, ffmpeg_decode, level, pitch, tones_in_layout};
use crate::formats::EXACT;

/// Samples per channel in half a second at 48 kHz.
pub const HALF: usize = 24_000;

pub fn decode_file(bytes: Vec<u8>) -> Decoded {
    decode_reader(Cursor::new(bytes), &Limits::default()).unwrap()
}

/// Sample rate, a letter for each channel in ffmpeg's order, and minimum of samples per
/// channel: the last packet may be padded.
type Shape<'a> = (u32, &'a str, usize);

/// The weights of the standard downmix matrix for front `l` and `r`, surround `L` and `R`,
/// front centre `c`, back centre `b`, and low frequency `s`.
fn weights(positions: &str) -> Vec<[f32; 2]> {
    let half = 0.5f32.sqrt();
    let weight = |position| match position {
        _ if positions == "c" => [1.0, 1.0],
        'l' => [1.0, 0.0],
        'r' => [0.0, 1.0],
        'c' => [half, half],
        'L' => [half, 0.0],
        'R' => [0.0, half],
        'b' => [0.5, 0.5],
        _ => [0.0, 0.0],
    };
    positions.chars().map(weight).collect()
}

fn check(path: &Path, (rate, positions, frames): Shape<'_>) -> Decoded {
    let name = path.file_name().unwrap().to_string_lossy();
    let channels = positions.len();
    let decoded = decode_file(fs::read(path).unwrap());
    assert_eq!(decoded.info.codec, "PCM", "{name}");
    let format = (decoded.info.sample_rate, usize::from(decoded.info.channels));
    assert_eq!(format, (rate, channels), "{name}");
    assert_eq!(
        (decoded.concealed, decoded.is_truncated),
        (0, false),
        "{name}"
    );
    let reference = ffmpeg_decode(path);
    let count = reference.len() / channels;
    assert!((frames..frames + 500).contains(&count), "{name}: {count}");
    let ratio = (rate / decoded.info.output_rate) as usize;
    assert_eq!(decoded.frames(), count.div_ceil(ratio), "{name}");

    let weights = weights(positions);
    if ratio == 1 {
        let mix = |frame: &[f32], side: usize| -> f32 {
            let weights_of_side = weights.iter().map(|weight| weight[side]);
            frame
                .iter()
                .zip(weights_of_side)
                .map(|(sample, weight)| sample * weight)
                .sum()
        };
        let sides = 0..decoded.channels();
        let downmixed = reference.chunks(channels);
        let downmixed: Vec<f32> = downmixed
            .flat_map(|frame| sides.clone().map(|side| mix(frame, side)))
            .collect();
        let snr = snr(&decoded.samples, &downmixed);
        // Only rounding errors, also of the sums.
        let min_snr = if channels > 2 { 120.0 } else { EXACT };
        assert!(snr > min_snr, "{name}: {snr} dB");
    }
    for (channel, weight) in weights.iter().enumerate() {
        for (side, weight) in weight.iter().enumerate().take(decoded.channels()) {
            let amplitude = decoded.tone(side, pitch(channel));
            let expected = level(channel) * f64::from(*weight);
            let is_close = (amplitude - expected).abs() < 0.002 + expected * 0.01;
            assert!(is_close, "{name}: {amplitude} of {channel}, not {expected}");
        }
    }
    decoded
}

/// Half a second of tones.
pub fn tones(
    fixtures: &Fixtures,
    name: &str,
    (rate, channels, layout): (u32, usize, &str),
    args: &str,
) -> Vec<u8> {
    let input = tones_in_layout(rate, channels, layout);
    fs::read(fixtures.ffmpeg(name, &format!("{input} -t 0.5 {args} OUT"))).unwrap()
}

#[test]
fn blu_ray_matches_ffmpeg_in_every_bit_depth_rate_and_layout() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (layout, positions) in [
        ("mono", "c"),
        ("stereo", "lr"),
        ("3.0", "lrc"),
        ("3.0(back)", "lrb"),
        ("4.0", "lrcb"),
        ("quad(side)", "lrLR"),
        ("5.0(side)", "lrcLR"),
        ("5.1(side)", "lrcsLR"),
        ("7.0", "lrcLRLR"),
        ("7.1", "lrcsLRLR"),
    ] {
        for (format, rate) in [
            ("s16", 48_000),
            ("s32", 48_000),
            ("s32", 96_000),
            ("s16", 192_000),
        ] {
            if (format, layout) == ("s32", "7.1") {
                // ffmpeg's encoder swaps low and high bits here.
                continue;
            }
            let name = format!("{format}-{rate}-{layout}.m2ts");
            let args = format!("-c:a pcm_bluray -sample_fmt {format}");
            tones(&fixtures, &name, (rate, positions.len(), layout), &args);
            let frames = HALF * rate as usize / 48_000;
            let decoded = check(&fixtures.path(&name), (rate, positions, frames));
            assert_eq!(decoded.info.container, Container::MpegTs);
        }
    }
}

/// Changes the PCM headers in an M2TS file written by ffmpeg.
fn change_blu_ray(bytes: &mut [u8], change: impl Fn(&mut [u8])) {
    for packet in bytes.chunks_exact_mut(192) {
        let packet = &mut packet[4..];
        if packet[1..3] == [0x51, 0] {
            let mut at = 4;
            if packet[3] & 0x20 != 0 {
                at += 1 + usize::from(packet[4]);
            }
            at += 9 + usize::from(packet[at + 8]);
            change(&mut packet[at..at + 4]);
        }
    }
}

/// ffmpeg does not read 20 bits, so the expected samples are those of 24 bits.
#[test]
fn blu_ray_with_20_bits_is_read_as_24_bits() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let args = "-c:a pcm_bluray -sample_fmt s32";
    let mut bytes = tones(&fixtures, "24.m2ts", (48_000, 6, "5.1(side)"), args);
    let intact = check(&fixtures.path("24.m2ts"), (48_000, "lrcsLR", HALF));
    change_blu_ray(&mut bytes, |header| header[3] = header[3] & 0x3f | 0x80);
    assert_eq!(decode_file(bytes).samples, intact.samples);
}

#[test]
fn dvds_with_16_and_24_bits_match_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (layout, positions) in [
        ("mono", "c"),
        ("stereo", "lr"),
        ("5.1(side)", "lrcsLR"),
        ("7.1", "lrcsLRLR"),
    ] {
        for (format, rate) in [
            ("s16", 48_000),
            ("s32", 48_000),
            ("s16", 96_000),
            ("s32", 96_000),
        ] {
            let bits = if format == "s16" { 16 } else { 24 };
            if rate * bits * positions.len() as u32 > 9_800_000 {
                // Above the maximum bitrate of a DVD.
                continue;
            }
            let name = format!("{format}-{rate}-{layout}.vob");
            let args = format!("-c:a pcm_dvd -sample_fmt {format}");
            tones(&fixtures, &name, (rate, positions.len(), layout), &args);
            let frames = HALF * rate as usize / 48_000;
            let decoded = check(&fixtures.path(&name), (rate, positions, frames));
            assert_eq!(decoded.info.container, Container::MpegPs);
        }
    }
}

/// A program stream of one track: one packet of complete blocks per pack.
fn disc(format_byte: u8, blocks: &[u8], each: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (n, data) in blocks.chunks(each).enumerate() {
        let clock = u8::try_from(n % 128).unwrap();
        bytes.extend([
            0,
            0,
            1,
            0xba,
            0x44,
            0,
            4 | clock >> 5 << 3,
            clock << 3 | 4,
            4,
            1,
            1,
            0x89,
            0xc3,
            0xf8,
        ]);
        let size = u16::try_from(3 + 7 + data.len()).unwrap();
        bytes.extend([0, 0, 1, 0xbd]);
        bytes.extend(size.to_be_bytes());
        bytes.extend([0x81, 0, 0, 0xa0, 7, 0, 4, 0x0c, format_byte, 0x80]);
        bytes.extend_from_slice(data);
    }
    bytes.extend([0, 0, 1, 0xb9]);
    bytes
}

/// Interleaved samples of 24 bits, with a tone in each channel.
fn samples(rate: u32, channels: usize, frames: usize) -> Vec<i32> {
    let sample = |at: usize| {
        let (time, channel) = ((at / channels) as f64 / f64::from(rate), at % channels);
        let sine = (std::f64::consts::TAU * pitch(channel) * time).sin();
        (sine * level(channel) * f64::from(1 << 23)) as i32
    };
    (0..frames * channels).map(sample).collect()
}

/// The samples in the groups of DVDs, with `low_bits` bits below the high 16.
fn groups(samples: &[i32], group: usize, low_bits: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for group in samples.chunks_exact(group) {
        for sample in group {
            bytes.extend(&sample.to_be_bytes()[1..3]);
        }
        let low = group.iter().map(|sample| sample.to_be_bytes()[3]);
        match low_bits {
            8 => bytes.extend(low),
            4 => {
                let low: Vec<u8> = low.collect();
                bytes.extend(low.chunks_exact(2).map(|two| two[0] & 0xf0 | two[1] >> 4));
            }
            _ => {}
        }
    }
    bytes
}

/// ffmpeg does not write these formats.
#[test]
fn dvds_with_20_bits_and_every_number_of_channels_match_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let all = [
        "c", "lr", "lrc", "lrLR", "lrcLR", "lrcsLR", "lrcsbLR", "lrcsLRLR",
    ];
    for positions in all {
        let channels = positions.len();
        for (code, low_bits, rate) in [
            (0x00, 0, 48_000),
            (0x40, 4, 48_000),
            (0x50, 4, 96_000),
            (0x80, 8, 48_000),
            (0x20, 0, 44_100),
            (0x70, 4, 32_000),
        ] {
            // A multiple of the frames of any block.
            let frames = 16_000;
            let samples = samples(rate, channels, frames);
            let group = if channels == 1 { 2 } else { 4 };
            let blocks = groups(&samples, group, low_bits);
            let block = channels * 4 * (16 + low_bits as usize) / 8;
            let format_byte = code | u8::try_from(channels - 1).unwrap();
            let path = fixtures.path(&format!("{code:x}-{channels}.vob"));
            fs::write(&path, disc(format_byte, &blocks, 1900 / block * block)).unwrap();
            check(&path, (rate, positions, frames));
        }
    }
}

#[test]
fn errors_name_unknown_formats() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let mut bytes = tones(
        &fixtures,
        "a.m2ts",
        (48_000, 2, "stereo"),
        "-c:a pcm_bluray -sample_fmt s16",
    );
    change_blu_ray(&mut bytes, |header| header[3] &= 0x3f);
    let cases = [
        (bytes, "the PCM of Blu-ray discs of an unknown kind"),
        (
            disc(0xc1, &[0; 9600], 1920),
            "the PCM of DVDs of an unknown kind",
        ),
    ];
    for (bytes, expected) in cases {
        match decode_reader(Cursor::new(bytes), &Limits::default()) {
            Err(FileError::UnsupportedCodec { name }) => assert_eq!(name, expected),
            other => panic!("{expected}: {:?}", other.map(|decoded| decoded.info)),
        }
    }
}
