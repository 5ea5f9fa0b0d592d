//! The delay of WMA and XMA, which no container states. The plugin decodes them.

use tonearm_media_core::{Codec, Track, wma};

/// Ticks of the encoder's delay: two frames of WMA, 64 samples of XMA.
pub(super) fn pre_skip(track: &Track) -> u64 {
    let rate = track.params.sample_rate.unwrap_or(0);
    let samples = match track.params.codec {
        Codec::Xma1 | Codec::Xma2 => 64,
        codec => wma::delay(codec, rate).into(),
    };
    match (rate, track.tick_rate) {
        (0, _) | (_, 0) => samples,
        (rate, ticks) => (samples * u64::from(ticks)).div_ceil(rate.into()),
    }
}
