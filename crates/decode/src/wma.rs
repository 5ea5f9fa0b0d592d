//! The delay of WMA and XMA, which no container states. The plugin decodes them.

use tonearm_media_core::{Codec, Track};

/// Samples per channel of a frame of WMA 1 and 2.
fn frame_length(codec: Codec, rate: u32) -> u64 {
    match rate {
        ..=16_000 => 512,
        ..=22_050 => 1024,
        ..=32_000 if codec == Codec::Wma1 => 1024,
        _ => 2048,
    }
}

/// Ticks of the encoder's delay: two frames of WMA, 64 samples of XMA.
pub(super) fn pre_skip(track: &Track) -> u64 {
    let rate = track.params.sample_rate.unwrap_or(0);
    let samples = match track.params.codec {
        codec @ (Codec::Wma1 | Codec::Wma2) => 2 * frame_length(codec, rate),
        Codec::Xma1 | Codec::Xma2 => 64,
        _ => 0,
    };
    match (rate, track.tick_rate) {
        (0, _) | (_, 0) => samples,
        (rate, ticks) => (samples * u64::from(ticks)).div_ceil(rate.into()),
    }
}
