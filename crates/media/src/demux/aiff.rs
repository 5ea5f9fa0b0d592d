//! AIFF and AIFF-C (Apple, "Audio Interchange File Format", 1.3 and AIFF-C draft).

use super::bare::Bytes;
use super::elementary::Stream;
use super::framer::Kind;
use super::pcm::{self, Pcm};
use super::{Demuxer, Track, choice, id3};
use crate::codec;
use crate::decode::ima4;
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::metadata::{Tags, put};
use crate::selection::TrackChoice;
use crate::wave;
use ::symphonia::core::codecs::audio::well_known::*;
use ::symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;

/// Longest text that is read.
const MAX_TEXT: u64 = 64 << 10;

/// The parts of a file that matter.
#[derive(Default)]
pub(super) struct Parts {
    kind: Option<[u8; 4]>,
    channels: u16,
    sample_rate: u32,
    bits: u16,
    /// Where the sound is, and where it ends.
    data: Option<(u64, u64)>,
    tags: Tags,
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
                let bytes = input.peek(body, usize::try_from(length.min(22)).unwrap_or(0))?;
                if let Some(&[c0, c1]) = bytes.first_chunk() {
                    parts.channels = u16::from_be_bytes([c0, c1]);
                }
                let bits = bytes.get(6..).and_then(<[u8]>::first_chunk);
                parts.bits = bits.map_or(0, |&bits| u16::from_be_bytes(bits));
                let rate = bytes.get(8..18).and_then(|rate| rate.first_chunk());
                parts.sample_rate = rate.map_or(0, extended);
                parts.kind = bytes
                    .get(18..22)
                    .and_then(|kind| kind.first_chunk())
                    .copied();
            }
            // An offset and a block size, of no use to anyone, come first.
            b"SSND" => parts.data = Some((body + 8, body + length)),
            b"NAME" | b"AUTH" | b"ANNO" if length <= MAX_TEXT => {
                let text = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                let text = String::from_utf8_lossy(&text);
                match i0 {
                    b'N' => put(&mut parts.tags.title, &text),
                    _ if i1 == b'U' => put(&mut parts.tags.artist, &text),
                    _ => put(&mut parts.tags.comment, &text),
                }
            }
            b"ID3 " | b"id3 " if length <= id3::MAX_TAGS => {
                let bytes = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                parts.tags = id3::all(&bytes).or(parts.tags);
            }
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
    /// The samples' codec, where they are plain.
    fn pcm(&self) -> Option<AudioCodecId> {
        let bits = u32::from(self.bits);
        match self.kind.as_ref().unwrap_or(b"NONE") {
            b"NONE" | b"twos" | b"in24" | b"in32" => pcm::signed(bits, false),
            b"sowt" | b"42ni" | b"23ni" => pcm::signed(bits, true),
            b"raw " => Some(CODEC_ID_PCM_U8),
            b"fl32" | b"FL32" => Some(CODEC_ID_PCM_F32BE),
            b"fl64" | b"FL64" => Some(CODEC_ID_PCM_F64BE),
            b"ulaw" | b"ULAW" => Some(CODEC_ID_PCM_MULAW),
            b"alaw" | b"ALAW" => Some(CODEC_ID_PCM_ALAW),
            _ => None,
        }
    }

    /// Opens what was read.
    pub(super) fn open(self, input: Input, wanted: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let codec = self.pcm();
        let (start, end) = self.data.ok_or(MediaError::Damaged {
            detail: "an AIFF file without data",
        })?;
        if let Some(codec) = codec {
            let pcm = Pcm {
                codec,
                channels: self.channels,
                sample_rate: self.sample_rate,
                data: (start, end),
                tags: self.tags,
            };
            return pcm.open(input, wanted);
        }
        let kind = self.kind.unwrap_or(*b"NONE");
        if &kind != b"ima4" {
            return Err(choice::refuse(wanted, codec::name_of_four(kind)));
        }
        choice::only(wanted, CODEC_ID_ADPCM_IMA_QT, None)?;
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_ADPCM_IMA_QT)
            .with_sample_rate(self.sample_rate);
        if let Some(channels) = wave::channels(self.channels) {
            params.with_channels(channels);
        }
        let track = Track {
            params,
            tick_rate: self.sample_rate,
            tags: self.tags,
            ..Track::default()
        };
        let blocks = Kind::Blocks {
            bytes: ima4::BLOCK.0 * usize::from(self.channels.clamp(1, 8)),
            samples: ima4::BLOCK.1,
        };
        Stream::open(Bytes::new(input, start, end), blocks, track)
    }
}
