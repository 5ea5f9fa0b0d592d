//! What every demuxer does.

use crate::error::Result;
use crate::packet::Packet;
use crate::track::Track;

/// What a call of [`Demuxer::next`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStep {
    /// The packet was filled.
    Packet,
    /// A bounded amount of other data was skipped; call again.
    Busy,
    /// A new stream begins (chained OGG): read [`Demuxer::track`] again.
    NewTrack,
    /// There are no more packets.
    End,
}

/// Reads the packets of one track, in order.
///
/// Timestamps are ignored: a track that starts late starts the MP3, and a gap in
/// it closes, as FFmpeg does by default. Only edit lists, delays and padding, as
/// the container states them, remove samples.
pub trait Demuxer: Send {
    /// The selected track.
    fn track(&self) -> &Track;

    /// Reads on. Does a bounded amount of work.
    ///
    /// # Errors
    /// `Damaged` where the file ends too early, which is an end too; `OverLimit`
    /// and `Read`.
    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep>;

    /// How much of the file is read, 0 to 1.
    fn fraction(&self) -> f32;

    /// As [`next`](Self::next), but leaves the packet's data out where that saves
    /// reading it.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.next(packet)
    }

    /// The position before the next packet, from which a demuxer of the same file
    /// can [`seek`](Self::seek) to it; `None` where reading cannot resume here.
    fn position(&mut self) -> Option<u64> {
        None
    }

    /// Continues from a [`position`](Self::position) of the same file. Not called
    /// on a demuxer that reports none.
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
