//! A demuxer that splits the bytes of an [`ElementarySource`] with a [`Framer`].
//!
//! In a container with timestamps, the frames after a loss have none until the next one. They
//! are held until then, since they end where it begins.

use std::collections::VecDeque;

use tonearm_media_core::{Demuxer, FileError, Packet, ReadStep, Result, Track};

use crate::frame::Format;
use crate::framer::{Framer, Framing};
use tonearm_media_core::fraction_of;

/// The bytes of one track, read from its container.
pub trait ElementarySource: Send {
    /// Pushes the next bytes of the track into `framer`, or skips a bounded amount of
    /// other data. Returns false at the end, and `Damaged` at the end of a truncated file.
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool>;

    /// Returns to the start.
    fn rewind(&mut self);

    /// The position from which a new framer finds the frame that `framer` finds next;
    /// `None` where reading cannot resume here. Not called at the start.
    fn position(&self, _framer: &Framer) -> Option<u64> {
        None
    }

    /// Continues from a [`position`](Self::position).
    fn seek(&mut self, _position: u64) {}

    /// Converts the time of a frame, as [stated](Framer::set_time), to nanoseconds from the
    /// beginning of the file. `follows` is the time at which the audio before it ends, if
    /// known.
    fn time(&mut self, stated: i64, _follows: Option<i64>) -> Option<i64> {
        Some(stated)
    }

    /// Samples per channel to discard at the start: the delay of an encoder that the
    /// container does not state, by the first frame.
    fn encoder_delay(&self, _first: &[u8]) -> u64 {
        0
    }

    /// Whether encrypted packets were skipped.
    fn is_protected(&self) -> bool {
        false
    }

    /// The current position and the length, in bytes.
    fn progress(&self) -> (u64, u64);
}

/// The demuxer of a track that a [`Framer`] splits.
pub struct FramedDemuxer<S> {
    source: S,
    framer: Framer,
    track: Track,
    format: Option<Format>,
    /// The last time, and the ticks read since.
    last_time: Option<(i64, u64)>,
    /// Packets whose time depends on the packet after them, and whether they are complete.
    held: VecDeque<Packet>,
    is_holding: bool,
    is_end: bool,
    is_truncated: bool,
}

/// The position of the start, where no container has audio.
const START: u64 = 0;
/// Most reads for the first frame.
const MAX_PROBE: u32 = 4096;
/// Most packets after a loss that are held until the next timestamp, and their bytes: a PES
/// packet contains fewer.
const MAX_HELD: usize = 64;
const MAX_HELD_BYTES: usize = 256 << 10;

impl<S: ElementarySource + 'static> FramedDemuxer<S> {
    /// Opens a track. Frames with headers complete its parameters.
    pub fn open(source: S, kind: Framing, track: Track) -> Result<Box<dyn Demuxer>> {
        Self::build(source, kind, track).map(|stream| Box::new(stream) as Box<dyn Demuxer>)
    }

    fn build(source: S, kind: Framing, track: Track) -> Result<Self> {
        let is_described = matches!(kind, Framing::Blocks { .. } | Framing::Whole { .. });
        let mut stream = Self {
            source,
            framer: Framer::new(kind),
            track,
            format: None,
            last_time: None,
            held: VecDeque::new(),
            is_holding: false,
            is_end: false,
            is_truncated: false,
        };
        if !is_described {
            stream.probe()?;
            stream.seek(START)?;
        }
        Ok(stream)
    }

    /// Reads up to the first frame and takes the format from it.
    fn probe(&mut self) -> Result<()> {
        for _ in 0..MAX_PROBE {
            if let Some(frame) = self.framer.find(self.is_end) {
                let mut first = Packet::default();
                self.framer.take(&frame, &mut first);
                self.track.skip += self.source.encoder_delay(&first.data);
                self.describe(frame.format);
                return Ok(());
            }
            if self.is_end {
                break;
            }
            self.read_on()?;
        }
        if self.source.is_protected() {
            return Err(FileError::UnsupportedCodec {
                name: "a copy-protected stream".to_owned(),
            });
        }
        if let Some(name) = self.framer.unsupported() {
            return Err(FileError::UnsupportedCodec {
                name: name.to_owned(),
            });
        }
        Err(FileError::Damaged {
            detail: "no whole frame of its sound was found",
        })
    }

    fn read_on(&mut self) -> Result<()> {
        match self.source.read_more(&mut self.framer) {
            Ok(is_more) => self.is_end = !is_more,
            Err(FileError::Damaged { .. }) => (self.is_end, self.is_truncated) = (true, true),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The time at which the audio read so far ends.
    fn end_time(&self) -> Option<i64> {
        let (time, ticks) = self.last_time?;
        Some(time.saturating_add(self.nanoseconds(ticks)))
    }

    fn nanoseconds(&self, ticks: u64) -> i64 {
        let nanos = u128::from(ticks) * 1_000_000_000 / u128::from(self.track.tick_rate.max(1));
        i64::try_from(nanos).unwrap_or(i64::MAX)
    }

    /// Counts a packet whose time is final.
    fn count(&mut self, packet: &Packet) {
        match (packet.time, &mut self.last_time) {
            (Some(time), last) => *last = Some((time, packet.ticks)),
            (None, Some((_, ticks))) => *ticks = ticks.saturating_add(packet.ticks),
            (None, None) => {}
        }
    }

    /// Converts the timestamp of a packet to its time.
    fn set_time(&mut self, packet: &mut Packet) {
        let follows = self.end_time();
        let stated = packet.time.take();
        packet.time = stated.and_then(|stated| self.source.time(stated, follows));
        self.count(packet);
    }

    /// Holds a packet after a loss. Returns false if it needs no holding.
    fn hold(&mut self, packet: &mut Packet) -> bool {
        if !self.is_holding {
            return false;
        }
        let is_timed = packet.time.is_some();
        self.held.push_back(std::mem::take(packet));
        let bytes: usize = self.held.iter().map(|held| held.data.len()).sum();
        if is_timed || self.held.len() >= MAX_HELD || bytes > MAX_HELD_BYTES {
            self.release();
        }
        true
    }

    /// Determines the times of the held packets, of which the last may have one.
    fn release(&mut self) {
        self.is_holding = false;
        let follows = self.end_time();
        let Some(last) = self.held.back_mut() else {
            return;
        };
        let stated = last.time.take();
        let time = stated.and_then(|stated| self.source.time(stated, follows));
        last.time = time;
        let before = self.held.len() - 1;
        let ticks: u64 = self.held.iter().take(before).map(|held| held.ticks).sum();
        let start = time.map(|time| time.saturating_sub(self.nanoseconds(ticks)));
        if let (Some(first), Some(start)) = (self.held.front_mut().filter(|_| before > 0), start)
            && follows.is_none_or(|follows| start >= follows)
        {
            first.time = Some(start);
        }
    }

    fn describe(&mut self, format: Option<Format>) {
        // The ticks read so far have another rate.
        self.last_time = self.end_time().map(|time| (time, 0));
        if let Some(format) = &format {
            let params = &mut self.track.params;
            params.codec = format.codec;
            params.sample_rate = Some(format.sample_rate);
            if !format.config.is_empty() {
                params.config = format.config.clone();
            }
            if let Some(channels) = &format.channels {
                params.channels = Some(*channels);
            }
            self.track.tick_rate = format.sample_rate;
        }
        self.format = format;
    }
}

impl<S: ElementarySource + 'static> Demuxer for FramedDemuxer<S> {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        if !self.is_holding
            && let Some(held) = self.held.pop_front()
        {
            *packet = held;
            self.count(packet);
            return Ok(ReadStep::Packet);
        }
        if let Some(frame) = self.framer.find(self.is_end) {
            if frame.format != self.format {
                if self.is_holding {
                    self.release();
                    return Ok(ReadStep::Busy);
                }
                self.describe(frame.format);
                return Ok(ReadStep::NewTrack);
            }
            self.is_holding |= self.framer.is_after_loss() && self.last_time.is_some();
            self.framer.take(&frame, packet);
            if self.hold(packet) {
                return Ok(ReadStep::Busy);
            }
            self.set_time(packet);
            return Ok(ReadStep::Packet);
        }
        if !self.is_end {
            self.read_on()?;
            return Ok(ReadStep::Busy);
        }
        if self.is_holding {
            self.release();
            return Ok(ReadStep::Busy);
        }
        match self.is_truncated {
            true => Err(FileError::Damaged {
                detail: "it ends too early",
            }),
            false => Ok(ReadStep::End),
        }
    }

    fn fraction(&self) -> f32 {
        let (at, len) = self.source.progress();
        fraction_of(at, len)
    }

    fn position(&mut self) -> Option<u64> {
        match self.framer.kind() {
            // Its configuration may be in an earlier frame.
            Framing::Latm => None,
            _ if self.is_holding || !self.held.is_empty() => None,
            _ if self.framer.is_new() => Some(START),
            // The access units before the next major sync depend on an earlier one.
            Framing::Mlp if !self.framer.is_at_major_sync() => None,
            _ if self.framer.is_synced() => self.source.position(&self.framer),
            _ => None,
        }
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.framer = Framer::new(self.framer.kind().clone());
        if position == START {
            self.source.rewind();
        } else {
            self.source.seek(position);
            self.framer.assume_synced(self.format.clone());
        }
        (self.is_end, self.is_truncated, self.last_time) = (false, false, None);
        self.held.clear();
        self.is_holding = false;
        Ok(())
    }
}
