//! AC-3 and E-AC-3 in every container that supports them.
//!
//! Each decoder substitutes its own noise for coefficients that were not coded, so two
//! decoders differ.

use tonearm_test_tools::require_tool;

use crate::require_libavcodec;

use crate::decoding::{Decoded, decode_file, snr};
use crate::fixtures::{Fixtures, ffmpeg_decode};
use crate::formats::Length::Ffmpeg;
use crate::formats::check_same;

const MIN_SNR: f64 = 60.0;

#[test]
fn ac3_matches_ffmpeg_in_every_container() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let shape = ("AC-3 (Dolby Digital)", 48_000, 2);
    check_same(
        shape,
        (Ffmpeg, MIN_SNR),
        &[
            ("a.ac3", ""),
            ("a.mkv", "X264 -c:a ac3"),
            ("a.mp4", "X264 -c:a ac3"),
            ("a.mov", "X264 -c:a ac3"),
            ("a.avi", "X264 -c:a ac3"),
            ("a.ts", "X264 -c:a ac3"),
            ("a.m2ts", "X264 -c:a ac3"),
            ("a.vob", "-c:v mpeg2video -c:a ac3"),
            ("a.wav", "-c:a ac3"),
        ],
    );
}

#[test]
fn eac3_matches_ffmpeg_in_every_container() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let shape = ("E-AC-3 (Dolby Digital Plus)", 48_000, 2);
    check_same(
        shape,
        (Ffmpeg, MIN_SNR),
        &[
            ("a.eac3", ""),
            ("a.mkv", "X264 -c:a eac3"),
            ("a.mp4", "X264 -c:a eac3"),
            ("a.ts", "X264 -c:a eac3"),
        ],
    );
}

#[test]
fn mono_and_stereo_match_ffmpeg_at_every_supported_rate() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    for rate in [32_000, 48_000] {
        for channels in [1, 2] {
            let files = [("a.ac3", "-b:a 192k")];
            let shape = ("AC-3 (Dolby Digital)", rate, channels);
            check_same(shape, (Ffmpeg, MIN_SNR), &files);
            let files = [("a.eac3", "-b:a 192k")];
            let shape = ("E-AC-3 (Dolby Digital Plus)", rate, channels);
            check_same(shape, (Ffmpeg, MIN_SNR), &files);
        }
    }
}

/// At this rate the decoder has a wrong table and would yield noise.
#[test]
fn ac3_at_44_khz_matches_ffmpeg() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    for (name, args) in [("a.ac3", ""), ("a.mkv", "-c:a ac3"), ("a.mp4", "-c:a eac3")] {
        let path = fixtures.tones(name, 44_100, 2, args);
        let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
        assert_eq!(decoded.info.sample_rate, 44_100);
        let snr = snr(&decoded.samples, &reference);
        assert!(snr > MIN_SNR, "{name}: {snr} dB");
    }
}

/// High and sweeping tones exercise the bit allocation of all bands.
#[test]
fn tones_across_the_spectrum_match_ffmpeg() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    for (n, audio) in [
        "sine=f=1500:d=1:r=48000",
        "sine=f=5000:d=1:r=48000",
        "sine=f=11000:d=1:r=48000",
        "aevalsrc=0.5*sin(2*PI*(100+5000*t)*t)|0.3*sin(2*PI*(9000-3000*t)*t):d=1:s=48000",
    ]
    .into_iter()
    .enumerate()
    {
        for codec in [
            "ac3 -b:a 96k",
            "ac3 -b:a 192k",
            "eac3 -b:a 192k",
            "ac3 -b:a 448k",
        ] {
            let args = format!("-f lavfi -i {audio} -c:a {codec} OUT");
            let path = fixtures.ffmpeg(&format!("{n}.mkv"), &args);
            let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
            let snr = snr(&decoded.samples, &reference);
            assert!(snr > 45.0, "{audio} {codec}: {snr} dB");
        }
    }
}

/// Decoders substitute noise of their own, so only its power can be compared.
#[test]
fn noise_keeps_its_power() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    let noise = "-f lavfi -i anoisesrc=r=48000:d=2:a=0.3:seed=7,aformat=channel_layouts=stereo";
    for (name, args) in [
        ("a.ac3", "-b:a 192k"),
        ("b.ac3", "-b:a 96k"),
        ("a.eac3", "-b:a 192k"),
        ("b.eac3", "-b:a 64k"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{noise} {args} OUT"));
        let (decoded, reference) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
        assert_eq!(decoded.samples.len(), reference.len(), "{name}");
        let ratio = power(&decoded.samples) / power(&reference);
        assert!((0.97..1.03).contains(&ratio), "{name}: {ratio}");
    }
}

fn power(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum()
}

/// Only one of the six channels carries a tone at a time, so swapped channels are detected.
#[test]
fn every_channel_of_5_1_is_mixed_by_its_position() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    let half = 0.5f64.sqrt();
    // Weights of front left, front right, centre, low, left, right.
    let weights = [
        (1.0, 0.0),
        (0.0, 1.0),
        (half, half),
        (0.0, 0.0),
        (half, 0.0),
        (0.0, half),
    ];
    for (codec, name) in [("ac3", "ac3.mkv"), ("eac3", "eac3.mp4")] {
        for (channel, (left, right)) in weights.into_iter().enumerate() {
            let tones: Vec<&str> = (0..6)
                .map(|n| {
                    if n == channel {
                        "0.5*sin(2*PI*80*t)"
                    } else {
                        "0"
                    }
                })
                .collect();
            let audio = format!("aevalsrc={}:s=48000:d=2:c=5.1", tones.join("|"));
            let args = format!("-f lavfi -i {audio} -c:a {codec} -b:a 448k OUT");
            let decoded = decode_file(&fixtures.ffmpeg(name, &args)).unwrap();
            let weight = |side: usize| decoded.tone(side, 80.0) / 0.5;
            let near = |one: f64, other: f64| (one - other).abs() < 0.02;
            assert!(
                near(weight(0), left) && near(weight(1), right),
                "{name} {channel}: {} {}",
                weight(0),
                weight(1)
            );
        }
    }
}

#[test]
fn a_damaged_frame_of_ac3_becomes_silence() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    for name in ["a.ac3", "a.eac3"] {
        let path = fixtures.tones(name, 48_000, 2, "-b:a 192k");
        let intact = decode_file(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        // Past the header of the frame at index 10, of 768 bytes.
        bytes[768 * 10 + 300] ^= 0x55;
        let damaged = fixtures.path("damaged");
        std::fs::write(&damaged, bytes).unwrap();
        let decoded = decode_file(&damaged).unwrap();
        assert_eq!(decoded.concealed, 1, "{name}");
        assert_eq!(decoded.frames(), intact.frames(), "{name}");
        let power_in_gap =
            |decoded: &Decoded| power(&decoded.channel(0)[1536 * 10 + 300..1536 * 11 - 300]);
        assert!(
            power_in_gap(&intact) > 1.0 && power_in_gap(&decoded) < 0.001,
            "{name}"
        );
        let late = 1536 * 13 * 2;
        assert!(snr(&decoded.samples[late..], &intact.samples[late..]) > 40.0);
    }
}
