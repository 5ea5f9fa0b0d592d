//! A coded packet.

use crate::error::Result;
use crate::input::Input;

/// One coded packet. Its buffer is used again for the next.
#[derive(Debug, Default)]
pub struct Packet {
    /// The coded bytes. Empty where the container gives a nonsensical length.
    pub data: Vec<u8>,
    /// Samples per channel of the decoded packet, at the track's tick rate; 0
    /// where the container does not state it.
    pub ticks: u64,
    /// How many of those the container discards at the start.
    pub trim_start: u64,
    /// And at the end.
    pub trim_end: u64,
    /// Whether `ticks` is authoritative: samples decoded beyond it are padding.
    pub is_exact: bool,
}

impl Packet {
    /// Longest packet that is read; a longer one counts as damaged. Lossless frames
    /// of 8 channels stay well below it.
    pub const MAX_BYTES: u64 = 4 << 20;

    /// Fills this packet from `input` with `length` bytes at `pos`. A packet of
    /// a nonsensical length comes out empty and is concealed later.
    ///
    /// # Errors
    /// `Damaged` where the file ends before the packet, and `Read`.
    pub fn fill(&mut self, input: &mut Input, pos: u64, length: u64, ticks: u64) -> Result<()> {
        self.data.clear();
        (self.trim_start, self.trim_end, self.is_exact) = (0, 0, false);
        self.ticks = ticks;
        input.set_pos(pos);
        if length > Self::MAX_BYTES {
            return Ok(());
        }
        input.fill_vec(&mut self.data, length)
    }
}
