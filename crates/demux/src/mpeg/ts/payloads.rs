//! The bytes of one elementary stream.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::ElementarySource;
use tonearm_media_core::{FileError, Result};

use super::packet::{Next, PACKET, Packet, Packets, parse};
use crate::mpeg::pes::{self, Parsed};

/// Packets that one call looks at.
const STEP: usize = 256;

/// Where in a PES packet the next bytes belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Skip,
    Header,
    Data,
}

/// The bytes of one elementary stream.
pub(super) struct Payloads {
    packets: Packets,
    start: u64,
    pub(super) pid: u16,
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
    pub(super) fn new(packets: Packets, pid: u16) -> Self {
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
    pub(super) fn packet(&mut self, at: u64, packet: &Packet<'_>, framer: &mut Framer) {
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
