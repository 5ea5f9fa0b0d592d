//! Silence in place of packets that cannot be decoded.

use tonearm_media_core::FileError;

use super::PcmSource;

/// Most undecodable packets before the first decoded one: about 40 seconds.
pub(super) const MAX_LOST: u64 = 2000;
/// Most consecutive empty packets that become silence. More of them mean that the file is
/// truncated while its tables list hours of audio.
pub(super) const MAX_EMPTY: u64 = 100;

/// Counts of lost and concealed packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    /// Packets lost before the first decoded one, and their ticks.
    pub(super) before_first: (u64, u64),
    /// Packets replaced with silence.
    pub(super) concealed: u64,
    /// Consecutive empty packets.
    pub(super) empty_packets: u64,
}

impl PcmSource {
    /// Replaces the packets lost before the first decoded one with silence.
    pub(super) fn conceal_start(&mut self) -> Result<(), FileError> {
        let (count, ticks) = std::mem::take(&mut self.losses.before_first);
        if count == 0 {
            return Ok(());
        }
        let first = std::mem::take(&mut self.pcm);
        let packet = std::mem::take(&mut self.packet);
        let each = match ticks {
            0 => self.frame_length,
            _ => self.timeline.samples(ticks, first.rate) / count,
        };
        let each = each.min(u64::from(first.rate));
        for _ in 0..count {
            self.pcm.rate = first.rate;
            self.pcm.positions.clone_from(&first.positions);
            self.silence(each);
            self.losses.concealed += 1;
            self.accept()?;
        }
        (self.pcm, self.packet) = (first, packet);
        Ok(())
    }

    /// Replaces the current packet with silence.
    pub(super) fn conceal_packet(&mut self) {
        let rate = self.pcm.rate;
        let length = match self.packet.ticks {
            0 => self.frame_length,
            ticks => self.timeline.samples(ticks, rate),
        };
        // Packets are shorter than a second in practice; a container that states more is
        // wrong.
        self.silence(length.min(u64::from(rate)));
        self.losses.concealed += 1;
    }

    /// Fills `pcm` with silence in its last format.
    fn silence(&mut self, frames: u64) {
        let frames = usize::try_from(frames).unwrap_or(0);
        self.pcm.samples.clear();
        let samples = frames.saturating_mul(self.pcm.positions.len());
        self.pcm.samples.resize(samples, 0.0);
    }
}
