//! The data packets of RealMedia.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};
use tonearm_media_core::{Demuxer, FileError, Input, Packet, Result, TrackChoice};

use super::Packets;
use super::headers::{Audio, DATA_HEADER, Headers};
use crate::byte_cursor::ByteCursor;
use crate::track_selection::{Candidate, choose};

/// Most data packets per step.
const STEP: usize = 64;
/// Most data packets that are searched for the first of each stream.
const MAX_PROBE: usize = 100;
/// Bytes that one step after damage examines.
const SCAN: usize = 64 << 10;
/// Most bytes of a packet's header.
const HEADER: usize = 13;

/// Whether the file has the signature.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b".RMF")
}

/// Opens the file that begins at `start` and reads its headers.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let mut headers = Headers::read(&mut input, start)?;
    let candidates: Vec<Candidate> = headers.audio.iter().map(candidate).collect();
    let index = choose(choice, &candidates)?;
    let numbers = headers.audio.iter().map(|audio| audio.number);
    let mut data = Data {
        numbers: numbers.chain(headers.video.iter().copied()).collect(),
        input,
        start: headers.start,
        at: headers.start,
        is_lost: false,
    };
    let origin = data.origin()?;
    let audio = headers.audio.swap_remove(index);
    let mut track = super::track(&audio.header);
    (track.seconds, track.tags) = (headers.seconds, headers.tags);
    let framing = super::framing(&audio.header);
    let source = Source {
        data,
        number: audio.number,
        packets: Packets::new(audio.header, origin),
    };
    FramedDemuxer::open(source, framing, track)
}

fn candidate(audio: &Audio) -> Candidate {
    Candidate {
        // The title that encoders write unless the user names the stream.
        title: Some(audio.title.clone()).filter(|title| title != "The Audio Stream"),
        ..super::candidate(&audio.header)
    }
}

/// The header of a data packet.
struct DataPacket {
    stream: u16,
    /// Milliseconds.
    time: u32,
    /// Which of the streams with different bitrates it belongs to.
    alternative: u8,
    /// Whether it begins a block.
    is_key: bool,
    header: usize,
    /// Bytes of header and data.
    length: usize,
}

impl DataPacket {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut cursor = ByteCursor::new(bytes);
        let version = cursor.be16().filter(|&version| version <= 1)?;
        let length = usize::from(cursor.be16()?);
        let (stream, time) = (cursor.be16()?, cursor.be32()?);
        let (group, flags) = match version {
            0 => (cursor.u8()?, cursor.u8()?),
            // A rule of two bytes takes the place of the group.
            _ => (0, cursor.array::<3>()?[2]),
        };
        let header = bytes.len() - cursor.rest().len();
        (length >= header).then_some(Self {
            stream,
            time,
            alternative: (group >> 1).saturating_sub(1),
            is_key: flags & 2 != 0,
            header,
            length,
        })
    }
}

/// The data packets of all streams.
struct Data {
    input: Input,
    /// Numbers of the streams of audio and video.
    numbers: Vec<u16>,
    start: u64,
    at: u64,
    is_lost: bool,
}

/// The result of reading a packet.
enum Read {
    /// A packet, which is at `at`; its length was not added to it.
    Packet(DataPacket),
    /// Something else.
    Other,
    End,
}

impl Data {
    /// Reads the header of the next packet.
    fn read(&mut self) -> Result<Read> {
        self.input.count_item()?;
        if self.is_lost {
            return self.search();
        }
        let head = self.input.peek(self.at, HEADER)?;
        if head.is_empty() {
            return Ok(Read::End);
        }
        match head.get(..4) {
            // Files have several of these, one for each part of a live stream.
            Some(b"DATA") => self.at += DATA_HEADER,
            Some(b"INDX") => {
                let size = head.get(4..).and_then(<[u8]>::first_chunk);
                let size = size.map_or(0, |&size| u32::from_be_bytes(size));
                self.at += u64::from(size.max(10));
            }
            _ => match DataPacket::parse(&head) {
                Some(packet) => return Ok(Read::Packet(packet)),
                // What follows the last packet, or a part of its header.
                None if head.len() < HEADER => return Ok(Read::End),
                None => self.is_lost = true,
            },
        }
        Ok(Read::Other)
    }

    /// Searches for two packets in succession.
    fn search(&mut self) -> Result<Read> {
        let window = self.input.peek(self.at, SCAN)?;
        let length = |at: usize| {
            let packet = DataPacket::parse(window.get(at..at + HEADER)?)?;
            self.numbers
                .contains(&packet.stream)
                .then_some(packet.length)
        };
        let found = (1..window.len()).find(|&at| {
            length(at).is_some_and(|bytes| {
                let end = self.at + (at + bytes) as u64;
                end == self.input.len() || length(at + bytes).is_some()
            })
        });
        match found {
            Some(at) => (self.at, self.is_lost) = (self.at + at as u64, false),
            None if window.len() < SCAN => return Ok(Read::End),
            // The second packet may be behind the window.
            None => self.at += (SCAN / 2) as u64,
        }
        Ok(Read::Other)
    }

    /// The time in milliseconds of the first packet of audio or video.
    fn origin(&mut self) -> Result<u32> {
        let mut missing = self.numbers.clone();
        let mut origin = None;
        for _ in 0..MAX_PROBE {
            match self.read()? {
                Read::Packet(packet) => {
                    if let Some(at) = missing.iter().position(|&number| number == packet.stream) {
                        missing.swap_remove(at);
                        origin = Some(origin.map_or(packet.time, |at: u32| at.min(packet.time)));
                    }
                    self.at += packet.length as u64;
                }
                Read::Other => {}
                Read::End => break,
            }
            if missing.is_empty() {
                break;
            }
        }
        (self.at, self.is_lost) = (self.start, false);
        Ok(origin.unwrap_or(0))
    }
}

/// The packets of the selected stream.
struct Source {
    data: Data,
    number: u16,
    packets: Packets,
}

impl ElementarySource for Source {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        for _ in 0..STEP {
            if self.packets.push_next(framer) {
                return Ok(true);
            }
            let packet = match self.data.read()? {
                Read::Packet(packet) => packet,
                Read::Other => continue,
                Read::End => return Ok(false),
            };
            let (header, length) = (packet.header as u64, packet.length as u64);
            let (at, input) = (self.data.at, &mut self.data.input);
            if at + length > input.len() {
                return Err(FileError::Damaged {
                    detail: "a RealMedia file that was cut off",
                });
            }
            self.data.at += length;
            if packet.stream == self.number && packet.alternative == 0 {
                let mut data = Packet::default();
                data.fill(input, at + header, length - header, 0)?;
                self.packets
                    .interleaver
                    .add(&data.data, Some(packet.time), packet.is_key);
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.data.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        let is_between = framer.left() == 0 && self.packets.is_empty() && !self.data.is_lost;
        is_between.then_some(self.data.at)
    }

    fn seek(&mut self, position: u64) {
        self.packets.clear();
        (self.data.at, self.data.is_lost) = (position, false);
    }

    fn progress(&self) -> (u64, u64) {
        (self.data.at, self.data.input.len())
    }
}
