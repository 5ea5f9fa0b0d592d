//! MPEG program streams: MPG and VOB (ISO/IEC 13818-1, 2.5; ISO/IEC 11172-1).

mod ids;

use tonearm_media_core::{Codec, Demuxer, FileError, Input, Result, Track, TrackChoice};

use self::ids::{Id, RAW_AC3, candidate, describe};
use crate::mpeg::clock::{Clock, earlier};
use crate::mpeg::identify::identify_codec;
use crate::mpeg::pes::{self, Parsed};
use crate::track_selection::{Candidate, choose};
use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// Maximum number of packets per call.
const STEP: usize = 64;
/// Maximum number of packets to inspect for streams.
const MAX_PROBE: usize = 4096;
/// Bytes of a stream that identify its codec.
const IDENTIFY_BYTES: u64 = 16 << 10;
/// Maximum number of bytes that one call searches after damage.
const SCAN: usize = 64 << 10;

/// Nanoseconds of a gap in the timestamps of PCM that is an error: FFmpeg's multiplexer leaves
/// out the time of a packet, which lasts 21 ms at most.
const LPCM_TOLERANCE: i64 = 25_000_000;

/// An audio packet.
struct Packet {
    id: Id,
    data: u64,
    end: u64,
    is_scrambled: bool,
    /// Presentation timestamp of the first frame that begins in it.
    time: Option<u64>,
}

/// The item at the current offset.
enum Next {
    Packet(Packet),
    /// A packet of video, with its timestamp.
    Video(Option<u64>),
    Other,
    Junk,
    End,
}

/// Whether a pack header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 1, 0xba])
}

/// Opens a stream that begins at `start`.
pub(crate) fn open(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let mut packets = Packets {
        input,
        start,
        at: start,
        id: None,
        is_scrambled: false,
        clock: Clock::default(),
    };
    let found = packets.streams()?;
    let candidates: Vec<Candidate> = found.iter().copied().map(candidate).collect();
    let id = found[choose(choice, &candidates)?];
    // Cameras also put AAC where MPEG audio belongs.
    let known = match id {
        Id::Mpeg(_) => packets.identify(id)?,
        Id::Private(_) => None,
    };
    let (codec, framing) = known.unwrap_or_else(|| describe(id));
    let mut track = Track::default();
    track.params.codec = codec;
    if matches!(framing, Framing::Lpcm(_)) {
        packets.clock = std::mem::take(&mut packets.clock).with_tolerance(LPCM_TOLERANCE);
    }
    packets.id = Some(id);
    packets.at = start;
    FramedDemuxer::open(packets, framing, track)
}

struct Packets {
    input: Input,
    start: u64,
    at: u64,
    id: Option<Id>,
    is_scrambled: bool,
    clock: Clock,
}

impl Packets {
    /// The audio streams, in the order of their first packets. Sets the clock to the
    /// earliest of the first timestamps of all streams.
    fn streams(&mut self) -> Result<Vec<Id>> {
        let mut found = Vec::new();
        let mut stamped = Vec::new();
        let mut first: Option<u64> = None;
        for _ in 0..MAX_PROBE {
            let (id, time) = match self.next()? {
                Next::Packet(packet) => {
                    if !found.contains(&packet.id) {
                        found.push(packet.id);
                    }
                    (Some(packet.id), packet.time)
                }
                Next::Video(time) => (None, time),
                Next::Other => continue,
                Next::Junk => match self.resync()? {
                    true => continue,
                    false => break,
                },
                Next::End => break,
            };
            if let Some(time) = time.filter(|_| !stamped.contains(&id)) {
                stamped.push(id);
                first = Some(first.map_or(time, |first| earlier(first, time)));
            }
        }
        self.clock = Clock::new(first);
        Ok(found)
    }

    /// The codec of a stream, as its first frames show.
    fn identify(&mut self, id: Id) -> Result<Option<(Codec, Framing)>> {
        self.at = self.start;
        let mut found = Vec::new();
        for _ in 0..MAX_PROBE {
            match self.next()? {
                Next::Packet(packet) if packet.id == id => {
                    let size = (packet.end - packet.data).min(IDENTIFY_BYTES);
                    found.extend(
                        self.input
                            .peek(packet.data, usize::try_from(size).unwrap_or(0))?,
                    );
                }
                Next::Packet(_) | Next::Video(_) | Next::Other => {}
                Next::Junk | Next::End => break,
            }
            if found.len() as u64 >= IDENTIFY_BYTES {
                break;
            }
        }
        Ok(identify_codec(&found))
    }

    /// Reads the header of the current item and moves past the item.
    fn next(&mut self) -> Result<Next> {
        let bytes = self.input.peek(self.at, pes::MAX_HEADER + 4)?;
        let &[0, 0, 1, code, ref rest @ ..] = bytes.as_slice() else {
            return Ok(if bytes.len() < 4 {
                Next::End
            } else {
                Next::Junk
            });
        };
        self.at += match (code, rest) {
            // Pack headers: of MPEG-2, with up to 7 bytes of stuffing, and of MPEG-1.
            (0xba, [first, ..]) if first >> 6 == 1 => {
                14 + u64::from(rest.get(9).copied().unwrap_or(0) & 7)
            }
            (0xba, _) => 12,
            (0xb9, _) => 4,
            (0xbb.., &[high, low, ..]) => {
                let end = self.at + 6 + u64::from(u16::from_be_bytes([high, low]));
                let start = std::mem::replace(&mut self.at, end);
                return Ok(packet(code, &bytes, start, end));
            }
            (0xba.., _) => return Ok(Next::End),
            _ => return Ok(Next::Junk),
        };
        Ok(Next::Other)
    }

    /// Whether `at` is the start of an item, padding, or the end. Otherwise bytes are missing
    /// before it.
    fn is_start(&mut self, at: u64) -> Result<bool> {
        let four = self.input.peek(at, 4)?;
        Ok(four.len() < 4 || matches!(four.as_slice(), [0, 0, 1, 0xb9..=0xff] | [0, 0, 0, _]))
    }

    /// Searches for the next pack or audio packet.
    fn resync(&mut self) -> Result<bool> {
        let from = self.at + 1;
        let window = self.input.peek(from, SCAN)?;
        let is_start = |four: &[u8]| matches!(four, [0, 0, 1, 0xba | 0xbd | 0xc0..=0xdf]);
        match window.windows(4).position(is_start) {
            Some(offset) => self.at = from + offset as u64,
            None if window.len() < SCAN => return Ok(false),
            None => self.at = from + (SCAN - 4) as u64,
        }
        Ok(true)
    }
}

/// Parses the packet from `start` to `end` that begins with `bytes`.
fn packet(code: u8, bytes: &[u8], start: u64, end: u64) -> Next {
    // Video is MPEG video, or a stream with an extended id, as VC-1 on discs.
    if !matches!(code, 0xbd | 0xc0..=0xef | 0xfd) {
        return Next::Other;
    }
    let Parsed::Header(header) = pes::parse(bytes) else {
        return Next::Other;
    };
    match code {
        0xe0.. => Next::Video(header.time),
        _ => audio(code, &header, bytes, start, end).map_or(Next::Other, Next::Packet),
    }
}

/// Describes an audio packet; `None` if it is something else.
fn audio(code: u8, header: &pes::Header, bytes: &[u8], start: u64, end: u64) -> Option<Packet> {
    let data = start + header.length as u64;
    let (id, data) = if code == 0xbd {
        let number = *bytes.get(header.length)?;
        // Sub-stream id, number of frames, offset of the first frame; TrueHD has a byte more.
        let length = match number {
            RAW_AC3 if bytes.get(header.length + 1) == Some(&0x77) => 0,
            RAW_AC3 => return None,
            0xb0..=0xbf => 5,
            _ => 4,
        };
        (Id::Private(number), data + length)
    } else {
        (Id::Mpeg(code), data)
    };
    (id.is_audio() && data <= end).then_some(Packet {
        id,
        data,
        end,
        is_scrambled: header.is_scrambled,
        time: header.time,
    })
}

const TRUNCATED: FileError = FileError::Damaged {
    detail: "a program stream that was cut off",
};

impl ElementarySource for Packets {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        for _ in 0..STEP {
            let packet = match self.next()? {
                Next::Packet(packet) => packet,
                Next::Video(_) | Next::Other => continue,
                Next::Junk => {
                    framer.discontinuity();
                    return self.resync();
                }
                Next::End if self.at != self.input.len() => return Err(TRUNCATED),
                Next::End => return Ok(false),
            };
            if Some(packet.id) != self.id {
                continue;
            }
            if packet.is_scrambled {
                self.is_scrambled = true;
                continue;
            }
            if framer.accepts_any_bytes() && !self.is_start(packet.end)? {
                framer.discontinuity();
                self.at = packet.data;
                return self.resync();
            }
            let mut data = Vec::new();
            let end = packet.end.min(self.input.len());
            self.input.set_pos(packet.data);
            self.input
                .fill_vec(&mut data, end.saturating_sub(packet.data))?;
            framer.begin();
            if let Some(time) = packet.time.and_then(|time| i64::try_from(time).ok()) {
                framer.set_time(time);
            }
            framer.push(&data);
            if end < packet.end {
                return Err(TRUNCATED);
            }
            return Ok(true);
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.at = self.start;
        self.clock.restart();
    }

    fn time(&mut self, stamp: i64, follows: Option<i64>) -> Option<i64> {
        let stamp = u64::try_from(stamp).ok()?;
        Some(self.clock.time(stamp, follows, false))
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }

    fn is_protected(&self) -> bool {
        self.is_scrambled
    }
}
