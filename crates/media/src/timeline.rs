//! Which samples of the decoded track are played: delays, padding, edits.

use tonearm_media_core::{Edit, Packet, Track};

use tonearm_decode as decode;

/// Which part of the decoded track is to be heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    tick_rate: u64,
    edits: Vec<Edit>,
    /// Samples per channel decoded so far.
    at: u64,
    /// Ticks to be thrown away at the start, until the rate is known.
    skip_ticks: u64,
    /// Samples per channel still to be thrown away.
    skip: u64,
}

impl Timeline {
    pub(crate) fn new(track: &Track) -> Self {
        Self {
            tick_rate: u64::from(track.tick_rate),
            edits: track.edits.clone(),
            at: 0,
            // The codec's own word first: ffmpeg has written wrong delays into
            // Matroska for Opus made of speech.
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

    /// Passes a packet that makes no sound by itself, as Vorbis' first.
    pub(crate) fn skip(&mut self, packet: &Packet, rate: u32) {
        self.at += self.samples(packet.ticks, rate);
    }

    /// Goes past a packet that decodes to so many samples per channel; answers
    /// the first that is to be heard and the first after those.
    pub(crate) fn keep(&mut self, packet: &Packet, whole: u64, rate: u32) -> (u64, u64) {
        let mut from = self.samples(packet.trim_start, rate).min(whole);
        let mut to = whole - self.samples(packet.trim_end, rate).min(whole);
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
        self.at += whole;
        (from, to.max(from))
    }

    /// Samples decoded so far, and those still to be thrown away at the start.
    pub(crate) fn position(&self, rate: u32) -> (u64, u64) {
        (self.at, self.skip + self.samples(self.skip_ticks, rate))
    }

    /// Goes on from such a place.
    pub(crate) fn seek(&mut self, (at, skip): (u64, u64)) {
        (self.at, self.skip, self.skip_ticks) = (at, skip, 0);
    }

    /// The part of a packet that lies in an edit. A packet that reaches over
    /// the pause between two of them keeps the first part only.
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
