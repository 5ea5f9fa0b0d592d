//! AVI, plain and OpenDML (Microsoft, "AVI RIFF File Reference").
//!
//! The chunks are walked one after another; no index is needed, and so a file
//! without one, or with a wrong one, is as good as any. Chunks of MP3 and the like
//! need not be whole frames, and are put together and cut again.

use tonearm_media_core::{Codec, Demuxer, FileError, Input, Result, Tags, Track, TrackSelector};

use crate::riff::chunks;
use crate::riff::info;
use crate::riff::wave_format::WaveFormat;
use crate::track_selection::{Candidate, choose};
use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// An audio stream's headers.
struct Found {
    /// Its number among all streams, which its chunks bear.
    number: u8,
    format: WaveFormat,
    seconds: Option<f64>,
}

/// Streams that a file may have.
const MAX_STREAMS: u8 = 100;
/// Chunks of the headers that are looked at.
const MAX_CHUNKS: usize = 10_000;
/// Chunks that one call walks over.
const STEP: usize = 64;
/// Bytes of a chunk that one call passes on, where packets do not end with it.
const PIECE: u64 = 32 << 10;
/// Bytes that one call looks through after damage.
const SCAN: usize = 64 << 10;

/// Whether a RIFF header of the form AVI begins here.
pub(crate) fn detect(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ")
}

/// Opens a file by its headers.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let riff = chunks::chunk(&mut input, 0)?.map_or(0, |riff| riff.end);
    // A writer that had no time to go back leaves no size.
    let is_short = riff > input.len() && riff < u64::from(u32::MAX);
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
    let candidates: Vec<Candidate> = streams.iter().map(Found::candidate).collect();
    let place = choose(selector, &candidates)?;
    let found = streams
        .into_iter()
        .nth(place)
        .ok_or(FileError::NoAudioTrack)?;
    let format = &found.format;
    let (params, codec_name) = match format.codec() {
        Ok(codec) => (format.params(codec), None),
        Err(name) => (Default::default(), Some(name)),
    };
    let kind = kind(format);
    let track = Track {
        params,
        codec_name,
        tick_rate: format.sample_rate,
        seconds: found.seconds,
        tags,
        ..Track::default()
    };
    let chunks = Chunks {
        is_piecewise: matches!(kind, Framing::Whole { .. }),
        end: input.len(),
        input,
        number: found.number,
        start,
        at: start,
        left: 0,
        is_lost: false,
        is_short,
    };
    FramedDemuxer::open(chunks, kind, track)
}

/// How the stream is to be cut.
pub(crate) fn kind(format: &WaveFormat) -> Framing {
    match format.codec() {
        Ok(Codec::Mp2 | Codec::Mp3) => Framing::Mpeg,
        Ok(Codec::Ac3) => Framing::Ac3,
        Ok(Codec::Aac) if format.is_adts() => Framing::Adts,
        Ok(Codec::Aac) => Framing::Whole { samples: 1024 },
        Ok(codec) => match (codec.pcm_bytes(), format.block_samples()) {
            (0, Some(samples)) => Framing::Blocks {
                bytes: usize::from(format.block_align),
                samples,
            },
            (0, None) => Framing::Whole { samples: 0 },
            (bytes, _) => Framing::Blocks {
                bytes: usize::try_from(bytes).unwrap_or(1) * usize::from(format.channels.max(1)),
                samples: 1,
            },
        },
        Err(_) => Framing::Whole { samples: 0 },
    }
}

/// The audio streams of a header list.
fn headers(input: &mut Input, mut at: u64, end: u64) -> Result<Vec<Found>> {
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

fn stream(input: &mut Input, mut at: u64, end: u64, number: u8) -> Result<Option<Found>> {
    let mut seconds = None;
    let mut is_audio = false;
    let mut format = None;
    while at < end {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match &chunk.id {
            b"strh" => {
                let bytes = chunk.bytes(input)?;
                is_audio = bytes.starts_with(b"auds");
                seconds = length(&bytes);
            }
            b"strf" => format = WaveFormat::parse(&chunk.bytes(input)?),
            _ => {}
        }
        at = chunk.next();
    }
    Ok(format.filter(|_| is_audio).map(|format| Found {
        number,
        format,
        seconds,
    }))
}

/// Length of a stream by its header: scale, rate and count of its units.
fn length(strh: &[u8]) -> Option<f64> {
    let le32 = |at: usize| -> Option<f64> {
        Some(u32::from_le_bytes(*strh.get(at..)?.first_chunk()?).into())
    };
    let seconds = le32(20)? / le32(24)? * le32(32)?;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

impl Found {
    /// What there is to choose by: the container knows no languages.
    fn candidate(&self) -> Candidate {
        let codec = self.format.codec();
        Candidate {
            is_default: true,
            codec: codec.clone().unwrap_or_default(),
            codec_name: codec.err(),
            language: None,
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
    /// Bytes of the chunk at hand that have not been passed on.
    left: u64,
    is_piecewise: bool,
    is_lost: bool,
    /// The file is shorter than its first header says.
    is_short: bool,
}

/// What a chunk's name says.
enum Name {
    /// Data of an audio stream of this number.
    Audio(u8),
    /// A list that is to be entered.
    List,
    Other,
    /// No name at all.
    Junk,
}

fn name(id: [u8; 4]) -> Name {
    match &id {
        b"RIFF" | b"LIST" => Name::List,
        &[tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'w', b'b'] => {
            Name::Audio((tens - b'0') * 10 + ones - b'0')
        }
        b"idx1" | b"JUNK" => Name::Other,
        _ if id
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ') =>
        {
            Name::Other
        }
        _ => Name::Junk,
    }
}

const CUT: FileError = FileError::Damaged {
    detail: "an AVI file that was cut off",
};

impl Chunks {
    fn pass(&mut self, framer: &mut Framer) -> Result<()> {
        let most = if self.is_piecewise { u64::MAX } else { PIECE };
        let size = self.left.min(most);
        let mut bytes = Vec::new();
        let rest = self.end.saturating_sub(self.at);
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut bytes, size.min(rest))?;
        if size <= rest || !self.is_piecewise {
            framer.push(&bytes);
        }
        self.at += size;
        self.left -= size;
        if self.left == 0 {
            self.at += self.at % 2;
        }
        match size > rest {
            true => Err(CUT),
            false => Ok(()),
        }
    }

    /// Looks for the next chunk of ours.
    fn resync(&mut self) -> Result<bool> {
        let window = self.input.peek(self.at, SCAN)?;
        let mark = [b'0' + self.number / 10, b'0' + self.number % 10, b'w', b'b'];
        match window.windows(4).position(|four| four == mark) {
            Some(offset) => {
                self.at += offset as u64;
                self.is_lost = false;
            }
            None if window.len() < SCAN => return Ok(false),
            None => self.at += (SCAN - mark.len()) as u64,
        }
        Ok(true)
    }
}

impl ElementarySource for Chunks {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.is_lost {
            return self.resync();
        }
        for _ in 0..STEP {
            if self.left > 0 {
                self.pass(framer)?;
                return Ok(true);
            }
            let Some(chunk) = chunks::chunk(&mut self.input, self.at)? else {
                return match self.at > self.end || self.is_short {
                    true => Err(CUT),
                    false => Ok(false),
                };
            };
            match name(chunk.id) {
                Name::Audio(number) if number == self.number => {
                    if self.is_piecewise && chunk.len() > tonearm_media_core::Packet::MAX_BYTES {
                        self.is_lost = true;
                        self.at += 4;
                        return Ok(true);
                    }
                    (self.at, self.left) = (chunk.body, chunk.len());
                }
                Name::List => self.at = chunk.body + 4,
                Name::Audio(_) | Name::Other => self.at = chunk.next(),
                Name::Junk => {
                    self.is_lost = true;
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
        (framer.left() == 0 && self.left == 0 && !self.is_lost).then_some(self.at)
    }

    fn seek(&mut self, place: u64) {
        (self.at, self.left, self.is_lost) = (place, 0, false);
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
