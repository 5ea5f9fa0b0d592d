//! Compares an MP3 with its source: the same length, and the same tones in the same
//! channels at the same levels.

use crate::media::{Clip, Tone};
use crate::mp3::{Decoded, FRAME};
use crate::tone::{level, pitch};

/// Tolerance of levels, in decibels. Coding a steady tone twice (AAC, then MP3) changes
/// its level by 0.1 dB at most.
const LEVEL_TOLERANCE: f64 = 0.5;

/// Tolerance of pitches, in hertz: half the resolution of a window of one second.
const PITCH_TOLERANCE: f64 = 0.5;

/// How much quieter another channel's tone must be, in decibels.
const SEPARATION: f64 = 40.0;

/// Fails unless `mp3` sounds like `clip`. The sample rates may differ.
#[track_caller]
pub fn assert_same(mp3: &Decoded, clip: &Clip) {
    assert_eq!(mp3.channels.len(), clip.tones.len(), "channels");
    assert_same_length(mp3, clip);
    let channels = mp3.trimmed();
    for (at, samples) in channels.iter().enumerate() {
        let middle = middle_second(samples, mp3.rate);
        for (of, tone) in clip.tones.iter().enumerate() {
            let measured = level(middle, mp3.rate, tone.hertz);
            if of == at {
                assert_tone(middle, mp3.rate, tone, at);
            } else {
                let most = tone.dbfs - SEPARATION;
                assert!(
                    measured < most,
                    "channel {at} has channel {of}'s tone at {measured:.1} dBFS"
                );
            }
        }
    }
}

/// Without the declared delay and padding, the length is right to one frame, and the file
/// has no undeclared samples.
#[track_caller]
fn assert_same_length(mp3: &Decoded, clip: &Clip) {
    let wanted = clip.seconds() * f64::from(mp3.rate);
    let raw = mp3.raw_len() as f64;
    let declared = (mp3.declared_delay() + FRAME) as f64;
    assert!(
        raw >= wanted - FRAME as f64 && raw - wanted <= declared + FRAME as f64,
        "decoded {raw} samples, expected {wanted} and up to {declared} of padding"
    );
    let played = mp3.trimmed()[0].len() as f64;
    assert!(
        (played - wanted).abs() <= FRAME as f64,
        "{played} samples play, expected {wanted}"
    );
}

#[track_caller]
fn assert_tone(samples: &[f32], rate: u32, tone: &Tone, channel: usize) {
    let measured = level(samples, rate, tone.hertz);
    assert!(
        (measured - tone.dbfs).abs() <= LEVEL_TOLERANCE,
        "channel {channel}: {} Hz is at {measured:.2} dBFS, expected {}",
        tone.hertz,
        tone.dbfs
    );
    let pitch = pitch(samples, rate, tone.hertz - 5.0, tone.hertz + 5.0);
    let off = (pitch - tone.hertz).abs();
    assert!(
        off <= PITCH_TOLERANCE,
        "channel {channel}: {} Hz has become {pitch} Hz",
        tone.hertz
    );
}

/// One second from the middle, away from artefacts at both ends.
fn middle_second(samples: &[f32], rate: u32) -> &[f32] {
    let second = rate as usize;
    assert!(samples.len() >= second, "a clip lasts at least a second");
    &samples[(samples.len() - second) / 2..][..second]
}
