//! Silence in place of packets that cannot be decoded.

use tonearm_media_core::FileError;

use super::PcmSource;
use crate::samples::rescale;

/// Most undecodable packets before the first decoded one: about 40 seconds.
pub(super) const MAX_LOST: u64 = 2000;
/// Most consecutive empty packets that become silence. More of them mean that the file is
/// truncated while its tables list hours of audio.
pub(super) const MAX_EMPTY: u64 = 100;
/// Longest lost stretch in seconds for which a demuxer may state one packet.
const MAX_STRETCH: u64 = 3600;

/// Counts of lost and concealed packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    /// Packets lost before the first decoded one.
    pub(super) before_first: BeforeFirst,
    /// Packets replaced with silence.
    pub(super) concealed: u64,
    /// Samples per channel of that silence, at the output rate.
    pub(super) lost: u64,
    /// Samples per channel of silence in place of gaps, at the output rate.
    pub(super) gaps: u64,
    /// Consecutive empty packets.
    pub(super) empty_packets: u64,
}

/// Packets lost before the first decoded one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BeforeFirst {
    pub(super) count: u64,
    pub(super) ticks: u64,
    /// Timestamp of the first.
    pub(super) time: Option<i64>,
}

impl PcmSource {
    /// Counts the current packet as lost before the first decoded one.
    pub(super) fn lose_first(&mut self) {
        let lost = &mut self.losses.before_first;
        if lost.count == 0 {
            lost.time = self.packet.time;
        }
        lost.count += 1;
        lost.ticks = lost.ticks.saturating_add(self.packet.ticks);
    }

    /// Replaces the packets lost before the first decoded one with silence.
    pub(super) fn conceal_start(&mut self) -> Result<(), FileError> {
        let lost = std::mem::take(&mut self.losses.before_first);
        if lost.count == 0 {
            return Ok(());
        }
        let packet = std::mem::take(&mut self.packet);
        let rate = u64::from(self.pcm.rate);
        let each = match lost.ticks {
            0 => self.frame_length,
            _ => self.timeline.samples(lost.ticks, self.pcm.rate) / lost.count,
        };
        self.packet.time = lost.time;
        for _ in 0..lost.count {
            self.accept_lost(each.min(rate));
            self.packet.time = None;
            self.losses.concealed += 1;
        }
        self.packet = packet;
        Ok(())
    }

    /// Replaces the current packet with silence.
    pub(super) fn conceal_packet(&mut self) {
        let rate = self.pcm.rate;
        let length = match self.packet.ticks {
            0 => self.frame_length,
            ticks => self.timeline.samples(ticks, rate),
        };
        // A packet with data is shorter than a second in practice; a container that states
        // more is wrong. An empty one stands for any lost stretch.
        let longest = match self.packet.data.is_empty() {
            true => MAX_STRETCH * u64::from(rate),
            false => u64::from(rate),
        };
        self.accept_lost(length.min(longest));
        let now = rescale(self.queue.played, rate, self.info.output_rate);
        if (self.counted.0..self.counted.1).contains(&now) {
            self.losses.concealed += 1;
        }
    }
}
