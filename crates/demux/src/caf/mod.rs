//! Core Audio Format (Apple, "Core Audio Format Specification").

mod config;
mod packets;

use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;
use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Result, Tags, Track, TrackChoice,
    tags::put, tags::put_year,
};

use self::packets::{Packets, Shape, Table};
use crate::codec_ids;
use crate::raw::frames::Bytes;
use crate::raw::pcm::{self, Pcm};
use crate::track_selection;

/// Maximum number of chunks to read.
const MAX_CHUNKS: usize = 1000;

/// Maximum length of the `info` chunk that is read, in bytes.
const MAX_INFO: u64 = 64 << 10;

/// Maximum length of the magic cookie, in bytes.
const MAX_COOKIE: u64 = 64 << 10;

/// The header fields of a file.
#[derive(Default)]
struct Headers {
    kind: [u8; 4],
    /// Bytes and samples per channel of a packet; 0 if they vary.
    packet: (u32, u32),
    channels: u16,
    sample_rate: u32,
    bits: u32,
    is_float: bool,
    is_little_endian: bool,
    /// Start and end of the audio data.
    data: Option<(u64, u64)>,
    /// The magic cookie: the configuration of the codec.
    cookie: Vec<u8>,
    table: Option<Table>,
    tags: Tags,
}

/// Whether a CAF header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"caff\0")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    read(&mut input, start)?.open(input, choice)
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
                headers.packet = (be32(16), be32(20));
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
            b"kuki" => {
                let length = length.unwrap_or(0).min(MAX_COOKIE);
                headers.cookie = input.peek(body, usize::try_from(length).unwrap_or(0))?;
            }
            b"pakt" => {
                let end = length.map_or(input.len(), |length| body.saturating_add(length));
                headers.table = Some(Table::parse(input, body, end)?);
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
    /// Opens the audio data.
    fn open(self, input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        if let Some(codec) = config::codec(self.kind) {
            return self.open_coded(input, codec, choice);
        }
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
        let data = self.data.ok_or(WITHOUT_DATA)?;
        let pcm = Pcm {
            codec,
            channels: self.channels,
            sample_rate: self.sample_rate,
            data,
            tags: self.tags,
        };
        pcm.open(input, choice)
    }
    /// Opens coded audio.
    fn open_coded(
        self,
        input: Input,
        codec: Codec,
        choice: &TrackChoice,
    ) -> Result<Box<dyn Demuxer>> {
        let data = self.data.ok_or(WITHOUT_DATA)?;
        track_selection::only(choice, codec, None)?;
        let (bytes, samples) = (u64::from(self.packet.0), u64::from(self.packet.1));
        let is_adpcm = matches!(
            codec,
            Codec::AdpcmImaQt | Codec::AdpcmMs | Codec::AdpcmImaWav
        );
        let track = Track {
            params: CodecParams {
                channels: Channels::usual(self.channels),
                bits_per_sample: Some(self.bits).filter(|&bits| bits > 0),
                block_samples: is_adpcm.then_some(samples),
                max_packet_samples: is_adpcm.then_some(samples),
                block_bytes: Some(self.packet.0).filter(|&bytes| bytes > 0),
                tag: Some(u32::from_le_bytes(self.kind)),
                config: config::config(codec, &self.cookie),
                ..CodecParams::new(codec, self.sample_rate)
            },
            tick_rate: self.sample_rate,
            tags: self.tags,
            ..Track::default()
        };
        if !is_adpcm {
            // ffmpeg writes the sizes of FLAC frames alone, and no number of samples.
            let is_unstated = self.table.is_none_or(|table| table.valid == 0);
            let shape = Shape {
                bytes,
                samples,
                are_samples_in_packets: codec == Codec::Flac && is_unstated,
            };
            return Packets::open(input, track, shape, self.table, data);
        }
        // Blocks are short, so that a packet has many of them.
        let (Ok(block), true) = (usize::try_from(bytes), bytes > 0 && samples > 0) else {
            return Err(FileError::Damaged {
                detail: "the blocks of a CAF file",
            });
        };
        let blocks = data.1.min(input.len()).saturating_sub(data.0) / bytes;
        let track = Track {
            seconds: pcm::seconds(blocks * samples, 1, self.sample_rate),
            ..track
        };
        let framing = Framing::Blocks {
            bytes: block,
            samples,
        };
        FramedDemuxer::open(Bytes::new(input, data.0, data.1), framing, track)
    }
}

const WITHOUT_DATA: FileError = FileError::Damaged {
    detail: "a CAF file without data",
};
