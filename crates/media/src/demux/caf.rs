//! Core Audio files whose description symphonia does not take: samples of 8
//! bits, and codecs to be named in an error (Apple, "Core Audio Format
//! Specification").

use super::bare::Bytes;
use super::elementary::Stream;
use super::framer::Kind;
use super::{Demuxer, Track, choice};
use crate::codec;
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::selection::TrackChoice;
use crate::wave;
use ::symphonia::core::codecs::audio::AudioCodecParameters;
use ::symphonia::core::codecs::audio::well_known::CODEC_ID_PCM_S8;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;

/// The parts of a file that matter.
#[derive(Default)]
pub(super) struct Parts {
    kind: [u8; 4],
    channels: u16,
    sample_rate: u32,
    bits: u32,
    /// Where the sound is, and where it ends.
    data: Option<(u64, u64)>,
}

/// Reads the headers of a file that begins at `start`.
pub(super) fn read(input: &mut Input, start: u64) -> Result<Parts> {
    let mut parts = Parts::default();
    let mut at = start + 8;
    for _ in 0..MAX_CHUNKS {
        if input.len().saturating_sub(at) < 12 {
            break;
        }
        input.set_pos(at);
        let [i0, i1, i2, i3, size @ ..]: [u8; 12] = input.array()?;
        let body = at + 12;
        // Negative where the writer did not know, which only the last may.
        let length = u64::try_from(i64::from_be_bytes(size)).ok();
        match &[i0, i1, i2, i3] {
            b"desc" => {
                let bytes = input.peek(body, 32)?;
                if let Some(&[rate @ .., k0, k1, k2, k3]) = bytes.first_chunk::<12>() {
                    parts.sample_rate = f64::from_be_bytes(rate) as u32;
                    parts.kind = [k0, k1, k2, k3];
                }
                let be32 = |at: usize| {
                    let four = bytes.get(at..).and_then(<[u8]>::first_chunk);
                    four.map_or(0, |&four| u32::from_be_bytes(four))
                };
                parts.channels = u16::try_from(be32(24)).unwrap_or(u16::MAX);
                parts.bits = be32(28);
            }
            b"data" => {
                let end = length.map_or(input.len(), |length| body.saturating_add(length));
                // A count of edits comes first.
                parts.data = Some((body + 4, end));
            }
            _ => {}
        }
        let Some(length) = length else { break };
        at = body.saturating_add(length);
    }
    Ok(parts)
}

impl Parts {
    /// Whether symphonia reads it.
    pub(super) fn is_plain(&self) -> bool {
        match &self.kind {
            b"lpcm" => self.bits != 8,
            b"alaw" | b"ulaw" | b"aac " | b"alac" | b"flac" | b"opus" | b"ima4" => true,
            _ => false,
        }
    }

    /// Opens what was read.
    pub(super) fn open(self, input: Input, wanted: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let mut params = AudioCodecParameters::new();
        params.with_sample_rate(self.sample_rate);
        if let Some(channels) = wave::channels(self.channels) {
            params.with_channels(channels);
        }
        let is_pcm = &self.kind == b"lpcm";
        if is_pcm {
            params.for_codec(CODEC_ID_PCM_S8);
        }
        let codec_name = (!is_pcm).then(|| codec::name_of_four(self.kind));
        choice::only(wanted, params.codec, codec_name.clone())?;
        let (body, end) = self.data.ok_or(MediaError::Damaged {
            detail: "a CAF file without data",
        })?;
        let track = Track {
            params,
            codec_name,
            tick_rate: self.sample_rate,
            ..Track::default()
        };
        let frames = Kind::Blocks {
            bytes: usize::from(self.channels.max(1)),
            samples: 1,
        };
        let bytes = Bytes {
            input,
            start: body,
            end,
            at: body,
        };
        Stream::open(bytes, frames, track)
    }
}
