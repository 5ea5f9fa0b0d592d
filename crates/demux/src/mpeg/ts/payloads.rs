//! Extracts one elementary stream.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::ElementarySource;
use tonearm_media_core::{FileError, Result};

use super::packet::{Next, PACKET, Packet, Packets, adaptation, parse};
use super::streams::{AudioStream, Part};
use crate::mpeg::clock::Clock;
use crate::mpeg::pes::{self, Parsed};

/// Maximum number of packets per call.
const STEP: usize = 256;

/// The part of a PES packet that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Skip,
    Header,
    Data,
}

/// Extracts one elementary stream from its packets.
pub(super) struct Payloads {
    packets: Packets,
    start: u64,
    pub(super) pid: u16,
    pub(super) part: Part,
    state: State,
    header: Vec<u8>,
    counter: Option<u8>,
    is_scrambled: bool,
    clock: Clock,
    /// The stream that carries the clock of the program.
    clock_pid: u16,
    /// Whether the stream has signalled a new time base since the last timestamp.
    is_new_base: bool,
    /// The first timestamp of the current time base, if the stream has signalled it.
    first_of_base: Option<u64>,
    /// Offset of the last PES packet that begins with a frame, and the number of frames taken
    /// before it.
    entry: Option<(u64, u64)>,
}

impl Payloads {
    /// Extracts this stream from these packets, starting at their current offset. `clock` is
    /// that of its program.
    pub(super) fn new(packets: Packets, stream: &AudioStream, clock: Clock) -> Self {
        Self {
            start: packets.at,
            packets,
            pid: stream.pid,
            part: stream.part,
            state: State::Skip,
            header: Vec::new(),
            counter: None,
            is_scrambled: false,
            clock,
            clock_pid: stream.program.clock_pid,
            is_new_base: false,
            first_of_base: None,
            entry: None,
        }
    }

    fn stamp(&mut self, stamp: u64, framer: &mut Framer) {
        if std::mem::take(&mut self.is_new_base) {
            self.first_of_base = Some(stamp);
        }
        framer.set_time(i64::try_from(stamp).unwrap_or(0));
    }

    /// Processes a packet of the stream, which begins at offset `at`.
    pub(super) fn packet(&mut self, at: u64, packet: &Packet<'_>, framer: &mut Framer) {
        if packet.is_scrambled {
            self.is_scrambled = true;
            self.state = State::Skip;
            return;
        }
        if let Some(last) = self.counter {
            // A repeated packet.
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
                    Parsed::Header(header) if !self.part.contains(header.extension) => {
                        self.state = State::Skip;
                    }
                    Parsed::Header(header) if !header.is_scrambled => {
                        if let Some(stamp) = header.time {
                            self.stamp(stamp, framer);
                        }
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
                // In M2TS the timestamp precedes the packet. A timestamp without its packet is not
                // a truncation.
                Next::End(left) if left <= 16 && self.packets.stride > PACKET as u64 => {
                    return Ok(false);
                }
                Next::End(_) => {
                    return Err(FileError::Damaged {
                        detail: "a transport stream that was cut off",
                    });
                }
                Next::Packet(bytes) => {
                    let (pid, is_discontinuity) = adaptation(&bytes);
                    self.is_new_base |= is_discontinuity && pid == self.clock_pid;
                    if let Some(packet) = parse(&bytes).filter(|packet| packet.pid == self.pid) {
                        if !self.packets.is_synced()? {
                            // It may lack bytes, so that it is dropped: the next counter
                            // reveals the gap.
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
        let (position, taken) = self.entry.filter(|_| self.clock.is_absolute())?;
        (taken == framer.taken()).then_some(position)
    }

    fn seek(&mut self, position: u64) {
        self.packets.at = position;
        (self.state, self.counter, self.entry) = (State::Skip, None, None);
        (self.is_new_base, self.first_of_base) = (false, None);
        self.clock.restart();
    }

    fn time(&mut self, stamp: i64, follows: Option<i64>) -> Option<i64> {
        let stamp = u64::try_from(stamp).ok()?;
        let is_restart = self.first_of_base.take_if(|first| *first == stamp);
        Some(self.clock.time(stamp, follows, is_restart.is_some()))
    }

    fn progress(&self) -> (u64, u64) {
        (self.packets.at, self.packets.input.len())
    }

    fn is_protected(&self) -> bool {
        self.is_scrambled
    }
}
