//! Selects the played samples of the decoded track, by delays, padding and edits.

use tonearm_media_core::{Edit, Packet, Track};

use tonearm_decode as decode;

/// Selects the played samples of each packet.
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
}

impl Timeline {
    pub(crate) fn new(track: &Track) -> Self {
        Self {
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

    /// Skips a packet that decodes to no samples, like the first of Vorbis.
    pub(crate) fn skip(&mut self, packet: &Packet, rate: u32) {
        self.at += self.samples(packet.ticks, rate);
    }

    /// Advances past a packet of `decoded` samples per channel. Returns the range of its
    /// samples that are played.
    pub(crate) fn keep(&mut self, packet: &Packet, decoded: u64, rate: u32) -> (u64, u64) {
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

    /// Samples decoded so far, and samples still to discard.
    pub(crate) fn position(&self, rate: u32) -> (u64, u64) {
        (self.at, self.skip + self.samples(self.skip_ticks, rate))
    }

    /// Continues from a [`position`](Self::position).
    pub(crate) fn seek(&mut self, (at, skip): (u64, u64)) {
        (self.at, self.skip, self.skip_ticks) = (at, skip, 0);
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
