//! AVI, plain and OpenDML (Microsoft, "AVI RIFF File Reference").
//!
//! The demuxer reads chunks sequentially; the index, which may be missing or wrong, only
//! tells how much is missing after damage. Chunks of MP3 and similar codecs need not contain
//! whole frames; a framer splits their data into frames.

mod clock;
mod index;
mod reader;
mod streams;

use tonearm_media_core::{Demuxer, FileError, Input, Result, Tags, Track, TrackChoice};

use self::clock::Clock;
use self::reader::{Chunks, Layout};
use self::streams::{AudioStream, Streams};
use crate::dv;
use crate::riff::{chunks, framing, info};
use crate::track_selection::{Candidate, choose};
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// Maximum number of header chunks to read.
const MAX_CHUNKS: usize = 10_000;

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
    let is_short = riff > input.len() && riff < u64::from(u32::MAX);
    let mut at = 12;
    let mut streams = Streams::default();
    let mut tags = Tags::default();
    let mut data = None;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks::chunk(&mut input, at)? else {
            break;
        };
        match (&chunk.id, &chunk.form) {
            (b"LIST", b"hdrl") => streams = streams::read(&mut input, chunk.body + 4, chunk.end)?,
            (b"LIST", b"INFO") => tags = info::info(&chunk.bytes(&mut input)?),
            (b"LIST", b"movi") => {
                data = Some((chunk.body, chunk.next()));
                break;
            }
            _ => {}
        }
        at = chunk.next();
    }
    let (movi, movi_end) = data.ok_or(FileError::Damaged {
        detail: "an AVI file without data",
    })?;
    // An interrupted writer leaves 0 or the maximum.
    let movi_end = match movi_end {
        end if end < movi + 8 || end - movi >= u64::from(u32::MAX) - 1 => input.len(),
        end => end,
    };
    if streams.has_dv && streams.audio.is_empty() {
        return dv::open_chunks(input, movi + 4, choice);
    }
    let candidates: Vec<Candidate> = streams.audio.iter().map(AudioStream::candidate).collect();
    let index = choose(choice, &candidates)?;
    let found = streams
        .audio
        .into_iter()
        .nth(index)
        .ok_or(FileError::NoAudioTrack)?;
    let format = &found.format;
    let (params, codec_name) = match found.codec() {
        Ok(codec) => (found.params(codec), None),
        Err(name) => (Default::default(), Some(name)),
    };
    let framing = framing::of_chunks(format);
    let layout = Layout {
        number: found.number,
        stream_count: streams.count,
        movi,
        movi_end,
        // A codec with blocks of a fixed size has one in each packet.
        unit: match (&framing, found.header.sample_size) {
            (Framing::Whole { .. }, size @ 32..) => Some(u64::from(size)),
            (Framing::Whole { .. }, _) => None,
            _ => Some(PIECE),
        },
        // The index is at the end; where it is, bytes are missing in the middle.
        is_truncated: is_short && index::find(&mut input, movi_end)?.is_none(),
    };
    let clock = Clock::new(&found.header, format, params.codec, streams.origin);
    let track = Track {
        params,
        codec_name,
        tick_rate: format.sample_rate,
        seconds: found.header.seconds(),
        tags,
        ..Track::default()
    };
    FramedDemuxer::open(Chunks::new(input, layout, clock), framing, track)
}

/// Maximum number of bytes per call, unless each chunk is a packet.
const PIECE: u64 = 32 << 10;
