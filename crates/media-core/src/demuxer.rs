//! The interface of demuxers.

use crate::error::Result;
use crate::packet::Packet;
use crate::track::Track;

/// The result of [`Demuxer::next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStep {
    /// A packet was read.
    Packet,
    /// A bounded amount of other data was skipped; call again.
    Busy,
    /// A new stream begins (chained Ogg): read [`Demuxer::track`] again.
    NewTrack,
    /// There are no more packets.
    End,
}

/// Reads the packets of one track, in order.
///
/// A demuxer states the timestamps of packets and inserts nothing: the reader of the packets
/// turns a late start and gaps into silence.
pub trait Demuxer: Send {
    /// The selected track.
    fn track(&self) -> &Track;

    /// Reads the next packet, or does another bounded amount of work.
    ///
    /// # Errors
    /// `Damaged` at the end of a truncated file; `OverLimit` and `Read`.
    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep>;

    /// The part of the file that was read, 0 to 1.
    fn fraction(&self) -> f32;

    /// Like [`next`](Self::next), but may leave the packet without data to avoid reading
    /// it.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.next(packet)
    }

    /// The position before the next packet, to which a demuxer of the same file can
    /// [`seek`](Self::seek); `None` where reading cannot resume here.
    fn position(&mut self) -> Option<u64> {
        None
    }

    /// Continues from a [`position`](Self::position) of the same file. Not called on a
    /// demuxer that reports no position.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    fn seek(&mut self, _position: u64) -> Result<()> {
        Ok(())
    }
}

/// The part of a file before `pos`, 0 to 1: for [`Demuxer::fraction`].
pub fn fraction_of(pos: u64, len: u64) -> f32 {
    if len == 0 {
        return 1.0;
    }
    (pos as f64 / len as f64).min(1.0) as f32
}
