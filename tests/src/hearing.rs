//! Whether an MP3 holds what its source held: as long, the same tones, in the
//! same channels, at the same levels.

use crate::media::{Clip, Tone};
use crate::mp3::{Decoded, FRAME};
use crate::tone::{level, pitch};

/// How far a level may be off, in decibels. Lossy coding twice over (AAC, then
/// MP3) moves a steady tone by a tenth at most.
const LEVEL: f64 = 0.5;

/// How far a pitch may be off, in hertz: half of what can be told apart in the
/// second that is looked at.
const PITCH: f64 = 0.5;

/// How much quieter another channel's tone must be in this channel.
const SEPARATION: f64 = 40.0;

/// Fails unless `mp3` sounds like `clip`, at a rate that may be another.
#[track_caller]
pub fn assert_same(mp3: &Decoded, clip: &Clip) {
    assert_eq!(mp3.channels.len(), clip.tones.len(), "channels");
    assert_same_length(mp3, clip);
    let channels = mp3.trimmed();
    for (at, samples) in channels.iter().enumerate() {
        let middle = one_second_of(samples, mp3.rate);
        for (of, tone) in clip.tones.iter().enumerate() {
            let heard = level(middle, mp3.rate, tone.hertz);
            if of == at {
                assert_tone(middle, mp3.rate, tone, at);
            } else {
                let most = tone.dbfs - SEPARATION;
                assert!(
                    heard < most,
                    "channel {at} has channel {of}'s tone at {heard:.1} dBFS"
                );
            }
        }
    }
}

/// With what the encoder declares cut away, the length is right to one frame;
/// and nothing is in the file that is not declared.
#[track_caller]
fn assert_same_length(mp3: &Decoded, clip: &Clip) {
    let wanted = clip.seconds() * f64::from(mp3.rate);
    let raw = mp3.raw_len() as f64;
    let declared = (mp3.declared_delay() + FRAME) as f64;
    assert!(
        raw >= wanted - FRAME as f64 && raw - wanted <= declared + FRAME as f64,
        "{raw} samples were decoded of {wanted}, with {declared} declared"
    );
    let played = mp3.trimmed()[0].len() as f64;
    assert!(
        (played - wanted).abs() <= FRAME as f64,
        "{played} samples play, {wanted} were there"
    );
}

#[track_caller]
fn assert_tone(samples: &[f32], rate: u32, tone: &Tone, channel: usize) {
    let heard = level(samples, rate, tone.hertz);
    assert!(
        (heard - tone.dbfs).abs() <= LEVEL,
        "channel {channel}: {} Hz is at {heard:.2} dBFS and was at {}",
        tone.hertz,
        tone.dbfs
    );
    let pitch = pitch(samples, rate, tone.hertz - 5.0, tone.hertz + 5.0);
    let off = (pitch - tone.hertz).abs();
    assert!(
        off <= PITCH,
        "channel {channel}: {} Hz sounds as {pitch} Hz",
        tone.hertz
    );
}

/// A second from the middle, away from what happens at the ends.
fn one_second_of(samples: &[f32], rate: u32) -> &[f32] {
    let second = rate as usize;
    assert!(samples.len() >= second, "a clip lasts a second at least");
    &samples[(samples.len() - second) / 2..][..second]
}
