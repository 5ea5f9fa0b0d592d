//! Places the decoded track on the time axis of the output: selects the played samples by
//! delays, padding and edits, and turns gaps in the timestamps into silence.

mod clock;

use tonearm_media_core::{Edit, Packet, Track};

use self::clock::Clock;
pub(crate) use self::clock::{ClockState, Placed};
use crate::seek_point::SeekPoint;
use crate::selection::Gaps;
use tonearm_decode as decode;

/// Selects the played samples of each packet, and their places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    tick_rate: u64,
    edits: Vec<Edit>,
    /// Samples per channel decoded so far.
    at: u64,
    /// Ticks to discard at the start, until the sample rate is known.
    skip_ticks: u64,
    /// Samples per channel still to discard.
    skip: u64,
    gaps: Gaps,
    clock: Clock,
}

impl Timeline {
    pub(crate) fn new(track: &Track, gaps: Gaps) -> Self {
        Self {
            gaps,
            clock: Clock::default(),
            tick_rate: u64::from(track.tick_rate),
            edits: track.edits.clone(),
            at: 0,
            // The codec's own header takes precedence: ffmpeg has written wrong delays for
            // Opus speech into Matroska.
            skip_ticks: match decode::pre_skip(track) {
                pre_skip if pre_skip > 0 && track.edits.is_empty() => pre_skip,
                _ => track.skip,
            },
            skip: 0,
        }
    }

    /// Ticks as samples per channel at `rate`.
    pub(crate) fn samples(&self, ticks: u64, rate: u32) -> u64 {
        if self.tick_rate == 0 || self.tick_rate == u64::from(rate) {
            return ticks;
        }
        let scaled = u128::from(ticks) * u128::from(rate) + u128::from(self.tick_rate / 2);
        u64::try_from(scaled / u128::from(self.tick_rate)).unwrap_or(u64::MAX)
    }

    /// Continues a chained stream with its next track.
    pub(crate) fn change_track(&mut self, track: &Track) {
        let mut clock = std::mem::take(&mut self.clock);
        clock.disconnect();
        *self = Self {
            clock,
            ..Self::new(track, self.gaps)
        };
    }

    /// Skips a packet that decodes to no samples, like the first of Vorbis.
    pub(crate) fn skip(&mut self, packet: &Packet, rate: u32) {
        self.at += self.samples(packet.ticks, rate);
        self.clock.note(self.time(packet));
    }

    /// Adds a packet of `decoded` samples per channel. Returns the range of its samples that
    /// its container lets play; [`place`](Self::place) may cut more.
    pub(crate) fn push(&mut self, packet: &Packet, decoded: u64, rate: u32) -> (u64, u64) {
        let played = self.trim(packet, decoded, rate);
        if played.0 == played.1 && self.edits.is_empty() {
            // What a codec discards at its start is no lead-in.
            self.clock.note(self.time(packet));
        }
        self.clock.push(self.time(packet), rate, played);
        played
    }

    /// The place of the next packet, in the order in which they were pushed; `None` if it
    /// depends on packets that were not. `is_last` states that there are no more.
    pub(crate) fn place(&mut self, is_last: bool) -> Option<Placed> {
        self.clock.pop(is_last)
    }

    /// The timestamp of a packet, unless gaps are closed.
    fn time(&self, packet: &Packet) -> Option<i64> {
        packet.time.filter(|_| self.gaps == Gaps::Keep)
    }

    /// Advances past a packet of `decoded` samples per channel. Returns the range of its
    /// samples that are played.
    fn trim(&mut self, packet: &Packet, decoded: u64, rate: u32) -> (u64, u64) {
        let mut from = self.samples(packet.trim_start, rate).min(decoded);
        let mut to = decoded - self.samples(packet.trim_end, rate).min(decoded);
        if packet.is_exact {
            to = to.min(self.samples(packet.ticks, rate));
        }
        let skip_ticks = std::mem::take(&mut self.skip_ticks);
        self.skip += self.samples(skip_ticks, rate);
        let skip = self.skip.min(to.saturating_sub(from));
        self.skip -= skip;
        from += skip;
        if !self.edits.is_empty() {
            (from, to) = self.within_edits(from, to, rate);
        }
        self.at += decoded;
        (from, to.max(from))
    }

    /// The seek point at `position` in the file, before the next packet, after `played`
    /// samples per channel of output. `None` while packets wait for their places.
    pub(crate) fn seek_point(&self, position: u64, played: u64, rate: u32) -> Option<SeekPoint> {
        let ClockState { offset, baseline } = self.clock.state();
        self.clock.is_settled().then(|| SeekPoint {
            position,
            decoded: self.at,
            skip: self.skip + self.samples(self.skip_ticks, rate),
            played,
            offset,
            baseline,
        })
    }

    /// Continues from a seek point.
    pub(crate) fn seek(&mut self, point: &SeekPoint, rate: u32) {
        (self.at, self.skip, self.skip_ticks) = (point.decoded, point.skip, 0);
        let state = ClockState {
            offset: point.offset,
            baseline: point.baseline,
        };
        self.clock.seek(state, point.played, rate);
    }

    /// The part of a packet that lies in an edit. A packet that spans the gap between two
    /// edits keeps only the first part.
    fn within_edits(&self, from: u64, to: u64, rate: u32) -> (u64, u64) {
        self.edits
            .iter()
            .map(|edit| {
                let start = self.samples(edit.start, rate);
                let end = edit.length.map_or(u64::MAX, |length| {
                    self.samples(edit.start.saturating_add(length), rate)
                });
                let from = from.max(start.saturating_sub(self.at));
                (from, to.min(end.saturating_sub(self.at)))
            })
            .find(|(from, to)| from < to)
            .unwrap_or((0, 0))
    }
}
