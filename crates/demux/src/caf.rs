//! Core Audio Format (Apple, "Core Audio Format Specification").
//!
//! symphonia demuxes compressed audio. PCM is demuxed here: symphonia rejects truncated
//! files and 8-bit samples, and assigns four and five channels to the wrong speakers.
//! Unsupported codecs are also handled here, since errors name them.

use tonearm_media_core::{
    Codec, Demuxer, FileError, Input, Result, Tags, TrackChoice, tags::put, tags::put_year,
};

use crate::raw::pcm::Pcm;
use crate::track_selection;
use crate::{codec_ids, symphonia_adapter};

/// Maximum number of chunks to read.
const MAX_CHUNKS: usize = 1000;

/// Maximum length of the `info` chunk that is read, in bytes.
const MAX_INFO: u64 = 64 << 10;

/// The header fields of a file.
#[derive(Default)]
struct Headers {
    kind: [u8; 4],
    channels: u16,
    sample_rate: u32,
    bits: u32,
    is_float: bool,
    is_little_endian: bool,
    /// Start and end of the audio data.
    data: Option<(u64, u64)>,
    tags: Tags,
}

/// Whether a CAF header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"caff\0")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let headers = read(&mut input, start)?;
    if headers.is_for_symphonia() {
        return symphonia_adapter::open_caf(input, start, choice);
    }
    headers.open(input, choice)
}

/// Reads the headers of a file that begins at `start`.
fn read(input: &mut Input, start: u64) -> Result<Headers> {
    let mut headers = Headers::default();
    let mut at = start + 8;
    for _ in 0..MAX_CHUNKS {
        if input.len().saturating_sub(at) < 12 {
            break;
        }
        input.set_pos(at);
        let [i0, i1, i2, i3, size @ ..]: [u8; 12] = input.array()?;
        let body = at + 12;
        // The last chunk may have a length of -1: unknown.
        let length = u64::try_from(i64::from_be_bytes(size)).ok();
        match &[i0, i1, i2, i3] {
            b"desc" => {
                let bytes = input.peek(body, 32)?;
                if let Some(&[rate @ .., k0, k1, k2, k3]) = bytes.first_chunk::<12>() {
                    headers.sample_rate = f64::from_be_bytes(rate) as u32;
                    headers.kind = [k0, k1, k2, k3];
                }
                let be32 = |at: usize| {
                    let four = bytes.get(at..).and_then(<[u8]>::first_chunk);
                    four.map_or(0, |&four| u32::from_be_bytes(four))
                };
                headers.channels = u16::try_from(be32(24)).unwrap_or(u16::MAX);
                headers.bits = be32(28);
                (headers.is_float, headers.is_little_endian) =
                    (be32(12) & 1 != 0, be32(12) & 2 != 0);
            }
            b"info" => {
                let length = length.unwrap_or(0).min(MAX_INFO);
                let bytes = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                headers.tags = info(&bytes);
            }
            b"data" => {
                let end = length.map_or(input.len(), |length| body.saturating_add(length));
                // The data begins after an edit count.
                headers.data = Some((body + 4, end));
            }
            _ => {}
        }
        let Some(length) = length else { break };
        at = body.saturating_add(length);
    }
    Ok(headers)
}

/// Parses an `info` chunk: a count, then zero-terminated names and values.
fn info(bytes: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut texts = bytes.get(4..).unwrap_or_default().split(|&byte| byte == 0);
    while let (Some(name), Some(text)) = (texts.next(), texts.next()) {
        let text = String::from_utf8_lossy(text);
        match name.to_ascii_lowercase().as_slice() {
            b"title" => put(&mut tags.title, &text),
            b"artist" => put(&mut tags.artist, &text),
            b"album" => put(&mut tags.album, &text),
            b"comment" | b"comments" => put(&mut tags.comment, &text),
            b"date" | b"year" | b"recorded date" => put_year(&mut tags.year, &text),
            _ => {}
        }
    }
    tags
}

impl Headers {
    /// Whether symphonia demuxes the file.
    fn is_for_symphonia(&self) -> bool {
        matches!(&self.kind, b"aac " | b"alac" | b"flac" | b"opus" | b"ima4")
    }

    /// Opens the audio data.
    fn open(self, input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let codec = match &self.kind {
            b"lpcm" if self.is_float => Codec::float_pcm(self.bits, self.is_little_endian),
            b"lpcm" => Codec::signed_pcm(self.bits, self.is_little_endian),
            b"alaw" => Some(Codec::PcmAlaw),
            b"ulaw" => Some(Codec::PcmMulaw),
            _ => None,
        };
        let Some(codec) = codec else {
            return Err(track_selection::refuse(
                choice,
                codec_ids::name_of_fourcc(self.kind),
            ));
        };
        let data = self.data.ok_or(FileError::Damaged {
            detail: "a CAF file without data",
        })?;
        let pcm = Pcm {
            codec,
            channels: self.channels,
            sample_rate: self.sample_rate,
            data,
            tags: self.tags,
        };
        pcm.open(input, choice)
    }
}
