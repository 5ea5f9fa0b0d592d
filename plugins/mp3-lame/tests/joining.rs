//! Streams without a bit reservoir, encoded in segments and joined. At a variable bitrate,
//! segments with a discarded lead-in equal the stream of one encoder byte for byte. At a
//! constant bitrate they can be joined too, but each segment distributes its padding bytes
//! from its own start.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

use std::f64::consts::TAU;

use mp3_lame::{Lame, Session};
use tonearm_encoder_sdk::{
    EncoderSession, MAX_BLOCK, Mp3Encoder, PcmFormat, RateControl, Settings,
};

/// Frames of a segment, and frames after it for the encoder's look-ahead.
const SEGMENT: usize = 40;
const LOOK_AHEAD: usize = 4;
const FRAMES: usize = 120;

fn settings(sample_rate: u32, channels: u8, rate_control: RateControl, effort: u8) -> Settings {
    Settings {
        format: PcmFormat {
            sample_rate,
            channels,
        },
        rate_control,
        effort,
        independent_frames: true,
    }
}

/// Samples per channel of a frame.
fn samples_per_frame(settings: &Settings) -> usize {
    if settings.format.sample_rate >= 32_000 {
        1152
    } else {
        576
    }
}

fn tones(settings: &Settings) -> Vec<f32> {
    signal(settings, |time, channel| {
        0.4 * (TAU * (300.0 + 700.0 * channel) * time).sin() + 0.1 * (TAU * 5321.0 * time).sin()
    })
}

/// A chord with bursts of noise and clicks, which make the encoder switch to short blocks.
fn transients(settings: &Settings) -> Vec<f32> {
    let mut noise = 1u32;
    signal(settings, move |time, channel| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let white = f64::from(noise) / f64::from(u32::MAX) - 0.5;
        let beat = (time * 3.1).fract();
        let click = if beat < 0.0005 { 0.8 } else { 0.0 };
        let chord = (TAU * 220.0 * time).sin() + (TAU * (277.2 + channel) * time).sin();
        0.15 * chord * (0.6 - beat).max(0.0) + white * (-beat * 25.0).exp() + click
    })
}

fn signal(settings: &Settings, mut sample: impl FnMut(f64, f64) -> f64) -> Vec<f32> {
    let channels = usize::from(settings.format.channels);
    (0..FRAMES * samples_per_frame(settings) * channels)
        .map(|n| {
            let time = (n / channels) as f64 / f64::from(settings.format.sample_rate);
            sample(time, (n % channels) as f64).clamp(-1.0, 1.0) as f32
        })
        .collect()
}

/// Encodes a stream and splits it into frames.
fn encode(settings: &Settings, pcm: &[f32]) -> Vec<Vec<u8>> {
    let mut session = Session::open(settings).unwrap();
    let mut stream = Vec::new();
    for block in pcm.chunks(MAX_BLOCK * usize::from(settings.format.channels)) {
        stream.extend(session.push(block).unwrap());
    }
    let ending = session.finish().unwrap();
    assert!(ending.header.is_empty());
    stream.extend(ending.tail);
    let mut frames = Vec::new();
    let mut rest = stream.as_slice();
    while !rest.is_empty() {
        let (frame, after) = rest.split_at(frame_bytes(rest));
        frames.push(frame.to_vec());
        rest = after;
    }
    frames
}

/// ISO/IEC 11172-3, 2.4.1.3, and 13818-3.
fn frame_bytes(header: &[u8]) -> usize {
    assert!(header[0] == 0xff && header[1] & 0xe6 == 0xe2);
    let (rates, kbits, samples): ([usize; 3], [usize; 15], usize) = match header[1] & 0x18 {
        0x18 => (
            [44_100, 48_000, 32_000],
            [
                0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
            ],
            1152,
        ),
        _ => (
            [22_050, 24_000, 16_000],
            [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
            576,
        ),
    };
    let rate = rates[usize::from(header[2] >> 2 & 3)];
    samples / 8 * 1000 * kbits[usize::from(header[2] >> 4)] / rate + usize::from(header[2] >> 1 & 1)
}

/// The first frame in which joined segments differ from the whole.
fn first_difference(settings: &Settings, pcm: &[f32], lead_in: usize) -> Option<usize> {
    let whole = encode(settings, pcm);
    let samples = samples_per_frame(settings) * usize::from(settings.format.channels);
    let mut joined = Vec::new();
    for start in (0..FRAMES).step_by(SEGMENT) {
        let from = start.saturating_sub(lead_in);
        let to = (start + SEGMENT + LOOK_AHEAD).min(FRAMES);
        let segment = encode(settings, &pcm[from * samples..to * samples]);
        let segment = segment.into_iter().skip(start - from);
        let length = if to == FRAMES { usize::MAX } else { SEGMENT };
        joined.extend(segment.take(length));
    }
    assert_eq!(joined.len(), whole.len());
    joined
        .iter()
        .zip(&whole)
        .position(|(ours, whole)| ours != whole)
}

fn assert_joins(rate: u32, channels: u8) {
    let lead_in = Lame::LEAD_IN.unwrap() as usize;
    let controls = [0, 2, 5].map(RateControl::Quality);
    for rate_control in controls {
        for effort in [0, 5, 7, 9] {
            let settings = settings(rate, channels, rate_control, effort);
            for (name, pcm) in [
                ("tones", tones(&settings)),
                ("transients", transients(&settings)),
            ] {
                let difference = first_difference(&settings, &pcm, lead_in);
                assert_eq!(difference, None, "{name}, {settings:?}");
            }
        }
    }
}

#[test]
fn segments_at_44_khz_stereo_join_to_the_whole() {
    assert_joins(44_100, 2);
}

#[test]
fn segments_at_44_khz_mono_join_to_the_whole() {
    assert_joins(44_100, 1);
}

#[test]
fn segments_at_48_khz_join_to_the_whole() {
    assert_joins(48_000, 2);
    assert_joins(48_000, 1);
}

#[test]
fn segments_at_22_khz_join_to_the_whole() {
    assert_joins(22_050, 2);
    assert_joins(22_050, 1);
}

/// Shows that the tests above can fail.
#[test]
fn segments_without_a_lead_in_differ_from_the_whole() {
    let settings = settings(44_100, 2, RateControl::Quality(2), 5);
    assert!(first_difference(&settings, &transients(&settings), 0).is_some());
}
