//! AVI, plain and OpenDML (Microsoft, "AVI RIFF File Reference").
//!
//! The demuxer reads chunks sequentially and ignores the index, which may be missing or
//! wrong. Chunks of MP3 and similar codecs need not contain whole frames; a framer splits
//! their data into frames.

use tonearm_media_core::{Demuxer, FileError, Input, Result, Tags, Track, TrackChoice};

use crate::riff::chunks;
use crate::riff::framing;
use crate::riff::info;
use crate::riff::wave_format::WaveFormat;
use crate::track_selection::{Candidate, choose};
use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// The headers of an audio stream.
struct AudioStream {
    /// Its number among all streams, which is part of its chunk ids.
    number: u8,
    format: WaveFormat,
    /// The title of the stream.
    name: Option<String>,
    seconds: Option<f64>,
}

/// Maximum number of streams: a chunk id has two digits.
const MAX_STREAMS: u8 = 100;
/// Maximum number of header chunks to read.
const MAX_CHUNKS: usize = 10_000;
/// Maximum number of chunks per call.
const STEP: usize = 64;
/// Maximum number of bytes per call, unless each chunk is a packet.
const PIECE: u64 = 32 << 10;
/// Maximum number of bytes that one call searches after damage.
const SCAN: usize = 64 << 10;

/// Whether a RIFF header of the form AVI begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ")
}

/// Opens a file and reads its headers.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let riff = chunks::chunk(&mut input, 0)?.map_or(0, |riff| riff.end);
    // The size is 0 or the maximum if the writer was interrupted.
    let is_truncated = riff > input.len() && riff < u64::from(u32::MAX);
    let mut at = 12;
    let mut streams = Vec::new();
    let mut tags = Tags::default();
    let mut start = None;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks::chunk(&mut input, at)? else {
            break;
        };
        match (&chunk.id, &chunk.form) {
            (b"LIST", b"hdrl") => streams = headers(&mut input, chunk.body + 4, chunk.end)?,
            (b"LIST", b"INFO") => tags = info::info(&chunk.bytes(&mut input)?),
            (b"LIST", b"movi") => {
                start = Some(chunk.body + 4);
                break;
            }
            _ => {}
        }
        at = chunk.next();
    }
    let start = start.ok_or(FileError::Damaged {
        detail: "an AVI file without data",
    })?;
    let candidates: Vec<Candidate> = streams.iter().map(AudioStream::candidate).collect();
    let index = choose(choice, &candidates)?;
    let found = streams
        .into_iter()
        .nth(index)
        .ok_or(FileError::NoAudioTrack)?;
    let format = &found.format;
    let (params, codec_name) = match format.codec() {
        Ok(codec) => (format.params(codec), None),
        Err(name) => (Default::default(), Some(name)),
    };
    let framing = framing::of_chunks(format);
    let track = Track {
        params,
        codec_name,
        tick_rate: format.sample_rate,
        seconds: found.seconds,
        tags,
        ..Track::default()
    };
    let chunks = Chunks {
        chunk_is_packet: matches!(framing, Framing::Whole { .. }),
        end: input.len(),
        input,
        number: found.number,
        start,
        at: start,
        left: 0,
        lost_sync: false,
        is_truncated,
    };
    FramedDemuxer::open(chunks, framing, track)
}

/// The audio streams of a header list.
fn headers(input: &mut Input, mut at: u64, end: u64) -> Result<Vec<AudioStream>> {
    let mut found = Vec::new();
    let mut number = 0;
    while at < end && number < MAX_STREAMS {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        if (&chunk.id, &chunk.form) == (b"LIST", b"strl") {
            found.extend(stream(input, chunk.body + 4, chunk.end, number)?);
            number += 1;
        }
        at = chunk.next();
    }
    Ok(found)
}

fn stream(input: &mut Input, mut at: u64, end: u64, number: u8) -> Result<Option<AudioStream>> {
    let mut seconds = None;
    let mut is_audio = false;
    let mut format = None;
    let mut name = None;
    while at < end {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match &chunk.id {
            b"strh" => {
                let bytes = chunk.bytes(input)?;
                is_audio = bytes.starts_with(b"auds");
                seconds = self::seconds(&bytes);
            }
            // Texts in legacy charsets are ignored.
            b"strn" => name = String::from_utf8(chunk.bytes(input)?).ok(),
            b"strf" => format = WaveFormat::parse(&chunk.bytes(input)?),
            _ => {}
        }
        at = chunk.next();
    }
    Ok(format.filter(|_| is_audio).map(|format| AudioStream {
        number,
        format,
        name,
        seconds,
    }))
}

/// Duration of a stream in seconds, from scale, rate and count in its header.
fn seconds(strh: &[u8]) -> Option<f64> {
    let le32 = |at: usize| -> Option<f64> {
        Some(u32::from_le_bytes(*strh.get(at..)?.first_chunk()?).into())
    };
    let seconds = le32(20)? / le32(24)? * le32(32)?;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

impl AudioStream {
    /// Describes the stream for track selection. AVI does not record languages.
    fn candidate(&self) -> Candidate {
        let codec = self.format.codec();
        Candidate {
            codec: codec.clone().unwrap_or_default(),
            codec_name: codec.err(),
            title: self.name.clone(),
            channels: Some(self.format.channels),
            ..Candidate::default()
        }
    }
}

/// The chunks of one stream.
struct Chunks {
    input: Input,
    number: u8,
    start: u64,
    end: u64,
    at: u64,
    /// Unread bytes of the current chunk.
    left: u64,
    /// Each chunk is one packet.
    chunk_is_packet: bool,
    lost_sync: bool,
    /// The file is shorter than its first header states.
    is_truncated: bool,
}

/// The kind of a chunk, by its id.
enum ChunkKind {
    /// Data of an audio stream of this number.
    Audio(u8),
    /// A list, whose children are read.
    List,
    Other,
    /// Not a valid id.
    Junk,
}

fn chunk_kind(id: [u8; 4]) -> ChunkKind {
    match &id {
        b"RIFF" | b"LIST" => ChunkKind::List,
        &[tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'w', b'b'] => {
            ChunkKind::Audio((tens - b'0') * 10 + ones - b'0')
        }
        b"idx1" | b"JUNK" => ChunkKind::Other,
        _ if id
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ') =>
        {
            ChunkKind::Other
        }
        _ => ChunkKind::Junk,
    }
}

const TRUNCATED: FileError = FileError::Damaged {
    detail: "an AVI file that was cut off",
};

impl Chunks {
    /// Reads the next bytes of the current chunk.
    fn read_chunk(&mut self, framer: &mut Framer) -> Result<()> {
        let max = if self.chunk_is_packet {
            u64::MAX
        } else {
            PIECE
        };
        let size = self.left.min(max);
        let mut bytes = Vec::new();
        let rest = self.end.saturating_sub(self.at);
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut bytes, size.min(rest))?;
        if size <= rest || !self.chunk_is_packet {
            framer.push(&bytes);
        }
        self.at += size;
        self.left -= size;
        if self.left == 0 {
            self.at += self.at % 2;
        }
        match size > rest {
            true => Err(TRUNCATED),
            false => Ok(()),
        }
    }

    /// Searches for the next chunk of the selected stream.
    fn resync(&mut self) -> Result<bool> {
        let window = self.input.peek(self.at, SCAN)?;
        let id = [b'0' + self.number / 10, b'0' + self.number % 10, b'w', b'b'];
        match window.windows(4).position(|four| four == id) {
            Some(offset) => {
                self.at += offset as u64;
                self.lost_sync = false;
            }
            None if window.len() < SCAN => return Ok(false),
            None => self.at += (SCAN - id.len()) as u64,
        }
        Ok(true)
    }
}

impl ElementarySource for Chunks {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.lost_sync {
            return self.resync();
        }
        for _ in 0..STEP {
            if self.left > 0 {
                self.read_chunk(framer)?;
                return Ok(true);
            }
            let Some(chunk) = chunks::chunk(&mut self.input, self.at)? else {
                return match self.at > self.end || self.is_truncated {
                    true => Err(TRUNCATED),
                    false => Ok(false),
                };
            };
            match chunk_kind(chunk.id) {
                ChunkKind::Audio(number) if number == self.number => {
                    if self.chunk_is_packet && chunk.len() > tonearm_media_core::Packet::MAX_BYTES {
                        self.lost_sync = true;
                        self.at += 4;
                        return Ok(true);
                    }
                    (self.at, self.left) = (chunk.body, chunk.len());
                }
                ChunkKind::List => self.at = chunk.body + 4,
                ChunkKind::Audio(_) | ChunkKind::Other => self.at = chunk.next(),
                ChunkKind::Junk => {
                    self.lost_sync = true;
                    framer.discontinuity();
                    return Ok(true);
                }
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        (framer.left() == 0 && self.left == 0 && !self.lost_sync).then_some(self.at)
    }

    fn seek(&mut self, position: u64) {
        (self.at, self.left, self.lost_sync) = (position, 0, false);
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
