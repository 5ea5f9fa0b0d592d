//! DSD, the audio of SACDs: one bit to a sample, at 64 times 44.1 kHz or more.
//!
//! A sample of the decoder is a byte, so that its sample rate is an eighth of that of the
//! bits.

pub(crate) mod dsdiff;
pub(crate) mod dsf;

use tonearm_media_core::{Channels, Codec, CodecParams, FileError, Result, Tags, Track};

/// Bits of a byte, which is a sample of the decoder.
const BYTE: u32 = 8;

/// The track of a file: bits per second of a channel, bytes of all channels or `None`.
fn track(
    codec: Codec,
    channels: Option<Channels>,
    bit_rate: u32,
    bytes_per_channel: u64,
    tags: Tags,
) -> Result<Track> {
    let rate = bit_rate / BYTE;
    if rate == 0 || channels.is_none_or(|channels| channels.count() == 0) {
        return Err(FileError::Damaged {
            detail: "a DSD file without a sample rate or channels",
        });
    }
    Ok(Track {
        params: CodecParams {
            channels,
            ..CodecParams::new(codec, rate)
        },
        tick_rate: rate,
        has_exact_ticks: true,
        seconds: Some(bytes_per_channel as f64 / f64::from(rate)),
        tags,
        ..Track::default()
    })
}
