//! Streams without a bit reservoir, encoded in pieces and joined: with a lead-in that is
//! thrown away, the pieces are byte for byte what one encoder makes of the whole, at a
//! variable bitrate. At a constant one they join as well, but where frames get their
//! padding byte is counted anew in each piece.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::f64::consts::TAU;

use mp3_lame::{Lame, Session};
use tonearm_encoder_sdk::{
    EncoderSession, MAX_BLOCK, Mp3Encoder, PcmFormat, RateControl, Settings,
};

/// Frames in a piece, and frames of sound after it that the encoder looks ahead to.
const PIECE: usize = 40;
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

/// Samples per channel in a frame.
fn frame_of(settings: &Settings) -> usize {
    if settings.format.sample_rate >= 32_000 {
        1152
    } else {
        576
    }
}

fn tones(settings: &Settings) -> Vec<f32> {
    sound(settings, |time, channel| {
        0.4 * (TAU * (300.0 + 700.0 * channel) * time).sin() + 0.1 * (TAU * 5321.0 * time).sin()
    })
}

/// Hits of noise and clicks, on which the encoder switches to short blocks, in a chord.
fn transients(settings: &Settings) -> Vec<f32> {
    let mut noise = 1u32;
    sound(settings, move |time, channel| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let white = f64::from(noise) / f64::from(u32::MAX) - 0.5;
        let beat = (time * 3.1).fract();
        let click = if beat < 0.0005 { 0.8 } else { 0.0 };
        let chord = (TAU * 220.0 * time).sin() + (TAU * (277.2 + channel) * time).sin();
        0.15 * chord * (0.6 - beat).max(0.0) + white * (-beat * 25.0).exp() + click
    })
}

fn sound(settings: &Settings, mut sample: impl FnMut(f64, f64) -> f64) -> Vec<f32> {
    let channels = usize::from(settings.format.channels);
    (0..FRAMES * frame_of(settings) * channels)
        .map(|n| {
            let time = (n / channels) as f64 / f64::from(settings.format.sample_rate);
            sample(time, (n % channels) as f64).clamp(-1.0, 1.0) as f32
        })
        .collect()
}

/// A stream, frame by frame.
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

/// The first frame in which joined pieces differ from the whole, if any.
fn differs(settings: &Settings, pcm: &[f32], lead_in: usize) -> Option<usize> {
    let whole = encode(settings, pcm);
    let samples = frame_of(settings) * usize::from(settings.format.channels);
    let mut joined = Vec::new();
    for start in (0..FRAMES).step_by(PIECE) {
        let from = start.saturating_sub(lead_in);
        let to = (start + PIECE + LOOK_AHEAD).min(FRAMES);
        let piece = encode(settings, &pcm[from * samples..to * samples]);
        let piece = piece.into_iter().skip(start - from);
        let length = if to == FRAMES { usize::MAX } else { PIECE };
        joined.extend(piece.take(length));
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
                let differs = differs(&settings, &pcm, lead_in);
                assert_eq!(differs, None, "{name}, {settings:?}");
            }
        }
    }
}

#[test]
fn pieces_of_cd_stereo_join_to_the_whole() {
    assert_joins(44_100, 2);
}

#[test]
fn pieces_of_cd_mono_join_to_the_whole() {
    assert_joins(44_100, 1);
}

#[test]
fn pieces_at_48_khz_join_to_the_whole() {
    assert_joins(48_000, 2);
    assert_joins(48_000, 1);
}

#[test]
fn pieces_at_22_khz_join_to_the_whole() {
    assert_joins(22_050, 2);
    assert_joins(22_050, 1);
}

/// Else the tests above would show nothing.
#[test]
fn without_a_lead_in_they_do_not() {
    let settings = settings(44_100, 2, RateControl::Quality(2), 5);
    assert!(differs(&settings, &transients(&settings), 0).is_some());
}
