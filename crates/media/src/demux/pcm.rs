//! Samples with nothing around them, as WAV, AIFF and CAF hold them.

use ::symphonia::core::codecs::audio::well_known::*;
use ::symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

use super::bare::Bytes;
use super::elementary::Stream;
use super::framer::Kind;
use super::{Demuxer, Track, choice};
use crate::codec;
use crate::error::Result;
use crate::input::Input;
use crate::metadata::Tags;
use crate::selection::TrackChoice;
use crate::wave;

/// What a file says of its samples.
pub(super) struct Pcm {
    pub(super) codec: AudioCodecId,
    pub(super) channels: u16,
    pub(super) sample_rate: u32,
    /// Where they are, and where they end by the file's own word.
    pub(super) data: (u64, u64),
    pub(super) tags: Tags,
}

impl Pcm {
    /// Opens them.
    pub(super) fn open(self, input: Input, wanted: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        choice::only(wanted, self.codec, None)?;
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(self.codec)
            .with_sample_rate(self.sample_rate);
        if let Some(channels) = wave::channels(self.channels) {
            params.with_channels(channels);
        }
        let (start, end) = self.data;
        let frame = codec::pcm_bytes(self.codec) * u64::from(self.channels.max(1));
        let left = end.min(input.len()).saturating_sub(start);
        let track = Track {
            params,
            tick_rate: self.sample_rate,
            seconds: seconds(left, frame, self.sample_rate),
            tags: self.tags,
            ..Track::default()
        };
        let frames = Kind::Blocks {
            bytes: usize::try_from(frame).unwrap_or(1),
            samples: 1,
        };
        Stream::open(Bytes::new(input, start, end), frames, track)
    }
}

/// Seconds that so many bytes last; `None` where that makes no sense.
pub(super) fn seconds(bytes: u64, frame: u64, sample_rate: u32) -> Option<f64> {
    let frames = bytes.checked_div(frame)?;
    (sample_rate > 0).then(|| frames as f64 / f64::from(sample_rate))
}

/// Whole numbers with a sign, of so many bits.
pub(super) fn signed(bits: u32, is_little: bool) -> Option<AudioCodecId> {
    Some(match (bits, is_little) {
        (1..=8, _) => CODEC_ID_PCM_S8,
        (9..=16, true) => CODEC_ID_PCM_S16LE,
        (9..=16, false) => CODEC_ID_PCM_S16BE,
        (17..=24, true) => CODEC_ID_PCM_S24LE,
        (17..=24, false) => CODEC_ID_PCM_S24BE,
        (25..=32, true) => CODEC_ID_PCM_S32LE,
        (25..=32, false) => CODEC_ID_PCM_S32BE,
        _ => return None,
    })
}

/// IEEE 754 numbers of so many bits.
pub(super) fn float(bits: u32, is_little: bool) -> Option<AudioCodecId> {
    Some(match (bits, is_little) {
        (32, true) => CODEC_ID_PCM_F32LE,
        (32, false) => CODEC_ID_PCM_F32BE,
        (64, true) => CODEC_ID_PCM_F64LE,
        (64, false) => CODEC_ID_PCM_F64BE,
        _ => return None,
    })
}
