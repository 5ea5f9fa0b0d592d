//! AIFF and AIFF-C (Apple, "Audio Interchange File Format", version 1.3, and the AIFF-C
//! draft).

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, IMA_QT_BLOCK_BYTES, IMA_QT_BLOCK_SAMPLES,
    Input, Result, Tags, TrackChoice, tags::put,
};

use crate::codec_ids;
use crate::id3v2;
use crate::raw::blocks::Blocks;
use crate::raw::pcm::Pcm;
use crate::track_selection;

/// Maximum number of chunks to read.
const MAX_CHUNKS: usize = 1000;

/// Maximum length of a text chunk, in bytes.
const MAX_TEXT: u64 = 64 << 10;

/// The header fields of a file.
#[derive(Default)]
struct Headers {
    kind: Option<[u8; 4]>,
    channels: u16,
    sample_rate: u32,
    bits: u16,
    /// Start and end of the audio data.
    data: Option<(u64, u64)>,
    tags: Tags,
}

/// Whether an IFF header of the form AIFF or AIFC begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    let form = bytes.get(8..12).unwrap_or_default();
    bytes.starts_with(b"FORM") && matches!(form, b"AIFF" | b"AIFC")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    read(&mut input, start)?.open(input, choice)
}

/// Reads the headers of a file that begins at `start`.
fn read(input: &mut Input, start: u64) -> Result<Headers> {
    let mut headers = Headers::default();
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
                    headers.channels = u16::from_be_bytes([c0, c1]);
                }
                let bits = bytes.get(6..).and_then(<[u8]>::first_chunk);
                headers.bits = bits.map_or(0, |&bits| u16::from_be_bytes(bits));
                let rate = bytes.get(8..18).and_then(|rate| rate.first_chunk());
                headers.sample_rate = rate.map_or(0, extended);
                headers.kind = bytes
                    .get(18..22)
                    .and_then(|kind| kind.first_chunk())
                    .copied();
            }
            // The data begins after an offset and a block size, which writers leave at 0.
            b"SSND" => headers.data = Some((body + 8, body + length)),
            b"NAME" | b"AUTH" | b"ANNO" if length <= MAX_TEXT => {
                let text = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                let text = String::from_utf8_lossy(&text);
                match i0 {
                    b'N' => put(&mut headers.tags.title, &text),
                    _ if i1 == b'U' => put(&mut headers.tags.artist, &text),
                    _ => put(&mut headers.tags.comment, &text),
                }
            }
            b"ID3 " | b"id3 " if length <= id3v2::MAX_TAGS => {
                let bytes = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                headers.tags = id3v2::all(&bytes).or(headers.tags);
            }
            _ => {}
        }
        at = body + length + length % 2;
    }
    Ok(headers)
}

/// Converts an 80-bit number (IEEE 754 extended), rounding toward zero.
fn extended(bytes: &[u8; 10]) -> u32 {
    let &[e0, e1, m0, m1, m2, m3, ..] = bytes;
    let exponent = u32::from(u16::from_be_bytes([e0, e1]) & 0x7fff);
    let shift = (16_383 + 31u32).checked_sub(exponent);
    let whole = u32::from_be_bytes([m0, m1, m2, m3]);
    shift
        .and_then(|shift| whole.checked_shr(shift))
        .unwrap_or(0)
}

impl Headers {
    /// The PCM codec, or `None` for other codecs.
    fn pcm(&self) -> Option<Codec> {
        let bits = u32::from(self.bits);
        match self.kind.as_ref().unwrap_or(b"NONE") {
            b"in24" => Some(Codec::PcmS24Be),
            b"in32" => Some(Codec::PcmS32Be),
            b"NONE" | b"twos" => Codec::signed_pcm(bits, false),
            b"sowt" | b"42ni" | b"23ni" => Codec::signed_pcm(bits, true),
            b"raw " => Some(Codec::PcmU8),
            b"fl32" | b"FL32" => Some(Codec::PcmF32Be),
            b"fl64" | b"FL64" => Some(Codec::PcmF64Be),
            b"ulaw" | b"ULAW" => Some(Codec::PcmMulaw),
            b"alaw" | b"ALAW" => Some(Codec::PcmAlaw),
            _ => None,
        }
    }

    /// Opens the audio data.
    fn open(self, input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let codec = self.pcm();
        let (start, end) = self.data.ok_or(FileError::Damaged {
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
            return pcm.open(input, choice);
        }
        let kind = self.kind.unwrap_or(*b"NONE");
        let Some((codec, bytes, samples)) = coded(&kind, self.channels.clamp(1, 8)) else {
            return Err(track_selection::refuse(
                choice,
                codec_ids::name_of_fourcc(kind),
            ));
        };
        let blocks = Blocks {
            params: CodecParams {
                channels: Channels::usual(self.channels),
                tag: Some(u32::from_le_bytes(kind)),
                ..CodecParams::new(codec, self.sample_rate)
            },
            bytes,
            samples,
            data: (start, end),
            tags: self.tags,
        };
        blocks.open(input, choice)
    }
}

/// A codec of blocks, with the bytes of a block and its samples per channel.
fn coded(kind: &[u8; 4], channels: u16) -> Option<(Codec, u16, u64)> {
    Some(match kind {
        b"ima4" => {
            let bytes = u16::try_from(IMA_QT_BLOCK_BYTES).ok()?;
            (Codec::AdpcmImaQt, bytes * channels, IMA_QT_BLOCK_SAMPLES)
        }
        b"GSM " | b"agsm" => (Codec::Gsm, 33, 160),
        b"G722" => (Codec::G722, 1, 2),
        b"Qclp" => (Codec::Qcelp, 35, 160),
        b"MAC3" => (Codec::Mace3, 2 * channels, 6),
        b"MAC6" => (Codec::Mace6, channels, 6),
        _ => return None,
    })
}
