//! MPEG transport streams: packets of 188 bytes, of 192 with a time in front
//! (M2TS), of 204 with a checksum behind (ISO/IEC 13818-1, 2.4).
//!
//! Neither late starts nor gaps are filled with silence, as FFmpeg fills none.

mod private;
mod programs;
mod streams;

use self::streams::Found;
use tonearm_media_core::{CodecParams, Demuxer, FileError, Input, Result, Track, TrackSelector};

use crate::mpeg::pes::{self, Parsed};
use crate::track_selection::{Candidate, choose};
use tonearm_framing::framer::Framer;
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// Bytes of a packet itself.
const PACKET: usize = 188;
/// Packets that one call looks at.
const STEP: usize = 256;
/// Bytes that one call looks through after damage.
const SCAN: usize = 8 << 10;
/// What every packet begins with.
const SYNC: u8 = 0x47;

/// Packets one after another.
#[derive(Clone)]
struct Packets {
    input: Input,
    /// From one packet to the next.
    stride: u64,
    at: u64,
}

/// One packet, taken apart.
struct Packet<'a> {
    pid: u16,
    /// A section or PES packet begins in it.
    is_start: bool,
    is_scrambled: bool,
    counter: u8,
    /// The counter may jump here.
    is_discontinuity: bool,
    payload: &'a [u8],
}

/// What is at the place where a packet should be.
enum Next {
    Packet([u8; PACKET]),
    /// Junk was passed over.
    Busy,
    /// Less than a packet is left, and how much.
    End(u64),
}

impl Packets {
    fn next(&mut self) -> Result<Next> {
        let left = self.input.len().saturating_sub(self.at);
        if left < PACKET as u64 {
            return Ok(Next::End(left));
        }
        self.input.set_pos(self.at);
        let bytes: [u8; PACKET] = self.input.array()?;
        if bytes[0] == SYNC {
            self.at += self.stride;
            return Ok(Next::Packet(bytes));
        }
        // The next place with two packets in a row, as far as the file goes.
        let window = self.input.peek(self.at, SCAN)?;
        let stride = usize::try_from(self.stride).unwrap_or(PACKET);
        let found = (1..window.len()).find(|&at| {
            window[at] == SYNC && window.get(at + stride).is_none_or(|&byte| byte == SYNC)
        });
        self.at += found.unwrap_or(window.len()) as u64;
        Ok(Next::Busy)
    }

    /// Whether the next packet begins where it should, or nothing more comes: else
    /// bytes may be missing in the last one.
    fn is_synced(&mut self) -> Result<bool> {
        let next = self.input.peek(self.at, 1)?;
        Ok(next.first().is_none_or(|&byte| byte == SYNC))
    }
}

fn parse(bytes: &[u8; PACKET]) -> Option<Packet<'_>> {
    let &[_, b1, b2, b3, ..] = bytes;
    let mut body = 4;
    let mut is_discontinuity = false;
    if b3 & 0x20 != 0 {
        body += 1 + usize::from(bytes[4]);
        is_discontinuity = bytes[4] > 0 && bytes[5] & 0x80 != 0;
    }
    // What the receiver could not put right, or has no payload.
    if b1 & 0x80 != 0 || b3 & 0x10 == 0 {
        return None;
    }
    Some(Packet {
        pid: u16::from(b1 & 0x1f) << 8 | u16::from(b2),
        is_start: b1 & 0x40 != 0,
        is_scrambled: b3 & 0xc0 != 0,
        counter: b3 & 15,
        is_discontinuity,
        payload: bytes.get(body..)?,
    })
}

/// Whether packets begin here.
pub(crate) fn detect(head: &[u8]) -> bool {
    stride(head).is_some()
}

/// Opens a stream whose first packet is at `start`.
pub(crate) fn open(
    mut input: Input,
    start: u64,
    choice: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let head = input.peek(start, 8 * 204)?;
    let stride = stride(&head).ok_or(FileError::Damaged {
        detail: "a transport stream without packets",
    })?;
    let packets = Packets {
        input,
        stride: stride as u64,
        at: start,
    };
    let mut found = programs::read(packets.clone())?;
    private::tell(packets.clone(), &mut found)?;
    let candidates: Vec<Candidate> = found.iter().map(Found::candidate).collect();
    let place = choose(choice, &candidates)?;
    let found = found
        .into_iter()
        .nth(place)
        .ok_or(FileError::NoAudioTrack)?;
    let params = CodecParams {
        codec: found.codec,
        config: found.config,
        ..CodecParams::default()
    };
    let track = Track {
        params,
        codec_name: found.codec_name,
        ..Track::default()
    };
    let Some(kind) = found.kind else {
        return Err(track.unsupported());
    };
    FramedDemuxer::open(Payloads::new(packets, found.pid), kind, track)
}

/// From one packet to the next, by the bytes that packets begin with.
pub(crate) fn stride(head: &[u8]) -> Option<usize> {
    [PACKET, 192, 204].into_iter().find(|stride| {
        let mut starts = head.iter().step_by(*stride).take(8);
        starts.len() >= 3 && starts.all(|&byte| byte == SYNC)
    })
}

/// Where in a PES packet the next bytes belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Skip,
    Header,
    Data,
}

/// The bytes of one elementary stream.
struct Payloads {
    packets: Packets,
    start: u64,
    pid: u16,
    state: State,
    header: Vec<u8>,
    counter: Option<u8>,
    is_scrambled: bool,
    /// Where a PES packet began that a frame begins with, and the frames taken
    /// before that.
    entry: Option<(u64, u64)>,
}

impl Payloads {
    /// The stream of these packets, from where they are.
    fn new(packets: Packets, pid: u16) -> Self {
        Self {
            start: packets.at,
            packets,
            pid,
            state: State::Skip,
            header: Vec::new(),
            counter: None,
            is_scrambled: false,
            entry: None,
        }
    }

    /// Takes in a packet of the stream that begins at `at`.
    fn packet(&mut self, at: u64, packet: &Packet<'_>, framer: &mut Framer) {
        if packet.is_scrambled {
            self.is_scrambled = true;
            self.state = State::Skip;
            return;
        }
        if let Some(last) = self.counter {
            // A packet may be sent twice.
            if last == packet.counter && !packet.is_discontinuity {
                return;
            }
            if (last + 1) & 15 != packet.counter && !packet.is_discontinuity {
                framer.discontinuity();
                if self.state == State::Header {
                    self.state = State::Skip;
                }
            }
        }
        self.counter = Some(packet.counter);
        if packet.is_start {
            framer.begin();
            self.entry = (framer.left() == 0).then_some((at, framer.taken()));
            self.state = State::Header;
            self.header.clear();
        }
        match self.state {
            State::Skip => {}
            State::Data => framer.push(packet.payload),
            State::Header => {
                self.header.extend_from_slice(packet.payload);
                match pes::parse(&self.header) {
                    Parsed::Short if self.header.len() < pes::MAX_HEADER + PACKET => {}
                    Parsed::Header(header) if !header.is_scrambled => {
                        framer.push(self.header.get(header.length..).unwrap_or_default());
                        self.state = State::Data;
                    }
                    Parsed::Header(_) => {
                        self.is_scrambled = true;
                        self.state = State::Skip;
                    }
                    _ => self.state = State::Skip,
                }
            }
        }
    }
}

impl ElementarySource for Payloads {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        for _ in 0..STEP {
            match self.packets.next()? {
                Next::Busy => return Ok(true),
                Next::End(0) => return Ok(false),
                // M2TS has its time before a packet: a lone one is no loss.
                Next::End(left) if left <= 16 && self.packets.stride > PACKET as u64 => {
                    return Ok(false);
                }
                Next::End(_) => {
                    return Err(FileError::Damaged {
                        detail: "a transport stream that was cut off",
                    });
                }
                Next::Packet(bytes) => {
                    if let Some(packet) = parse(&bytes).filter(|packet| packet.pid == self.pid) {
                        if framer.accepts_any_bytes() && !self.packets.is_synced()? {
                            // Its number is missed by the next one.
                            return Ok(true);
                        }
                        let at = self.packets.at - self.packets.stride;
                        self.packet(at, &packet, framer);
                        return Ok(true);
                    }
                }
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        let (place, taken) = self.entry?;
        (taken == framer.taken()).then_some(place)
    }

    fn seek(&mut self, place: u64) {
        self.packets.at = place;
        (self.state, self.counter, self.entry) = (State::Skip, None, None);
    }

    fn progress(&self) -> (u64, u64) {
        (self.packets.at, self.packets.input.len())
    }

    fn is_protected(&self) -> bool {
        self.is_scrambled
    }
}
