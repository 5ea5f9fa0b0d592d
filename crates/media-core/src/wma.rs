//! Frames of Windows Media Audio.

use crate::codec::Codec;

/// Samples per channel that a decoder of WMA 1 or 2 yields before the first that are whole:
/// two frames. Players discard them. 0 for other codecs.
pub fn delay(codec: Codec, sample_rate: u32) -> u32 {
    let frame = match (codec, sample_rate) {
        (Codec::Wma1 | Codec::Wma2, ..=16_000) => 512,
        (Codec::Wma1 | Codec::Wma2, ..=22_050) | (Codec::Wma1, ..=32_000) => 1024,
        (Codec::Wma1 | Codec::Wma2, _) => 2048,
        _ => 0,
    };
    2 * frame
}
