//! AIFF-C with sound that symphonia does not know: IMA ADPCM, and codecs to be
//! named in an error.

use super::bare::Bytes;
use super::elementary::Stream;
use super::framer::Kind;
use super::{Demuxer, Track, choice};
use crate::codec;
use crate::decode::ima4;
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::selection::TrackChoice;
use crate::wave;
use ::symphonia::core::codecs::audio::AudioCodecParameters;
use ::symphonia::core::codecs::audio::well_known::CODEC_ID_ADPCM_IMA_QT;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;

/// The parts of a file that matter.
#[derive(Default)]
pub(super) struct Parts {
    kind: Option<[u8; 4]>,
    channels: u16,
    sample_rate: u32,
    /// Where the sound is, and where it ends.
    data: Option<(u64, u64)>,
}

/// Reads the headers of a file that begins at `start`.
pub(super) fn read(input: &mut Input, start: u64) -> Result<Parts> {
    let mut parts = Parts::default();
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        if input.len().saturating_sub(at) < 8 {
            break;
        }
        input.set_pos(at);
        let [i0, i1, i2, i3, s0, s1, s2, s3] = input.array()?;
        let length = u64::from(u32::from_be_bytes([s0, s1, s2, s3]));
        let body = at + 8;
        match &[i0, i1, i2, i3] {
            b"COMM" => {
                let bytes = input.peek(body, 22)?;
                if let Some(&[c0, c1]) = bytes.first_chunk() {
                    parts.channels = u16::from_be_bytes([c0, c1]);
                }
                let rate = bytes.get(8..18).and_then(|rate| rate.first_chunk());
                parts.sample_rate = rate.map_or(0, extended);
                parts.kind = bytes
                    .get(18..22)
                    .and_then(|kind| kind.first_chunk())
                    .copied();
            }
            // An offset and a block size, of no use to anyone, come first.
            b"SSND" => parts.data = Some((body + 8, body + length)),
            _ => {}
        }
        at = body + length + length % 2;
    }
    Ok(parts)
}

/// A number of 80 bits (IEEE 754 extended), without what is behind its point.
fn extended(bytes: &[u8; 10]) -> u32 {
    let &[e0, e1, m0, m1, m2, m3, ..] = bytes;
    let exponent = u32::from(u16::from_be_bytes([e0, e1]) & 0x7fff);
    let shift = (16_383 + 31u32).checked_sub(exponent);
    let whole = u32::from_be_bytes([m0, m1, m2, m3]);
    shift
        .and_then(|shift| whole.checked_shr(shift))
        .unwrap_or(0)
}

impl Parts {
    /// Whether symphonia reads it.
    pub(super) fn is_plain(&self, is_compressed: bool) -> bool {
        let known = [
            b"NONE", b"sowt", b"twos", b"in24", b"in32", b"fl32", b"FL32", b"fl64", b"FL64",
            b"ulaw", b"ULAW", b"alaw", b"ALAW", b"raw ",
        ];
        !is_compressed || self.kind.is_none_or(|kind| known.contains(&&kind))
    }

    /// Opens what was read.
    pub(super) fn open(self, input: Input, wanted: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let kind = self.kind.unwrap_or_default();
        let mut params = AudioCodecParameters::new();
        params.with_sample_rate(self.sample_rate);
        if let Some(channels) = wave::channels(self.channels) {
            params.with_channels(channels);
        }
        let is_ima = &kind == b"ima4";
        let codec_name = (!is_ima).then(|| codec::name_of_four(kind));
        if is_ima {
            params.for_codec(CODEC_ID_ADPCM_IMA_QT);
        }
        choice::only(wanted, params.codec, codec_name.clone())?;
        let (body, end) = self.data.ok_or(MediaError::Damaged {
            detail: "an AIFF file without data",
        })?;
        let track = Track {
            params,
            codec_name,
            tick_rate: self.sample_rate,
            ..Track::default()
        };
        let blocks = Kind::Blocks {
            bytes: ima4::BLOCK.0 * usize::from(self.channels.clamp(1, 8)),
            samples: ima4::BLOCK.1,
        };
        let bytes = Bytes {
            input,
            start: body,
            end,
            at: body,
        };
        Stream::open(bytes, blocks, track)
    }
}
