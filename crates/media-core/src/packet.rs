//! A coded packet.

use crate::error::Result;
use crate::input::Input;

/// One coded packet. Its buffer is reused for the next.
#[derive(Debug, Default)]
pub struct Packet {
    /// The coded bytes. Empty where the container states an implausible length.
    pub data: Vec<u8>,
    /// Samples per channel of the decoded packet, at the track's tick rate; 0
    /// where the container does not state it.
    pub ticks: u64,
    /// Nanoseconds from the beginning of the file to the first decoded sample, before
    /// anything is discarded; the beginning is where its first track begins, audio or
    /// video. `None` where the container has no timestamp: the packet follows the one
    /// before it.
    pub time: Option<i64>,
    /// Ticks of those that the container discards at the start.
    pub trim_start: u64,
    /// Ticks of those that the container discards at the end.
    pub trim_end: u64,
    /// Whether `ticks` is authoritative: samples decoded beyond it are padding.
    pub is_exact: bool,
}

impl Packet {
    /// Longest packet that is read; a longer one counts as damaged. Lossless frames of 8
    /// channels are far shorter.
    pub const MAX_BYTES: u64 = 4 << 20;

    /// Reads `length` bytes at `pos` of `input` into this packet. A packet longer than
    /// [`MAX_BYTES`](Self::MAX_BYTES) becomes empty and is concealed later.
    ///
    /// # Errors
    /// `Damaged` where the file ends before the packet does, and `Read`.
    pub fn fill(&mut self, input: &mut Input, pos: u64, length: u64, ticks: u64) -> Result<()> {
        self.data.clear();
        (self.trim_start, self.trim_end, self.is_exact) = (0, 0, false);
        (self.ticks, self.time) = (ticks, None);
        input.set_pos(pos);
        if length > Self::MAX_BYTES {
            return Ok(());
        }
        input.fill_vec(&mut self.data, length)
    }
}
