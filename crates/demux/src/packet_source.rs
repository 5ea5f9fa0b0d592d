//! A demuxer of a container with one track, whose packets are delimited by the container.

use tonearm_media_core::{Demuxer, Packet, ReadStep, Result, Track, fraction_of};

/// The packets of a container with one track.
pub(crate) trait PacketSource: Send {
    /// Reads the next packet, without its data if `wants_data` is false, or does another
    /// bounded amount of work.
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep>;

    /// The position of the next packet; `None` where a decoder cannot start.
    fn position(&self) -> Option<u64>;

    /// Continues from a [`position`](Self::position).
    fn seek(&mut self, position: u64) -> Result<()>;

    /// The current position and the length, in bytes.
    fn progress(&self) -> (u64, u64);
}

/// The demuxer of such a container.
pub(crate) struct PacketDemuxer<S> {
    track: Track,
    source: S,
}

impl<S: PacketSource + 'static> PacketDemuxer<S> {
    pub(crate) fn open(source: S, track: Track) -> Box<dyn Demuxer> {
        Box::new(Self { track, source })
    }
}

impl<S: PacketSource> Demuxer for PacketDemuxer<S> {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.source.read(packet, true)
    }

    fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.source.read(packet, false)
    }

    fn fraction(&self) -> f32 {
        let (at, len) = self.source.progress();
        fraction_of(at, len)
    }

    fn position(&mut self) -> Option<u64> {
        self.source.position()
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.source.seek(position)
    }
}

/// Bits of a packet's number in a [`numbered`] position.
const NUMBER_BITS: u32 = 24;

/// A position that consists of an offset in the file and the number of the packet there.
/// `None` beyond a terabyte or 16 million packets.
pub(crate) fn numbered(offset: u64, number: u64) -> Option<u64> {
    let fits = offset < 1 << (64 - NUMBER_BITS) && number < 1 << NUMBER_BITS;
    fits.then_some(offset << NUMBER_BITS | number)
}

/// The offset and number of a [`numbered`] position.
pub(crate) fn split(position: u64) -> (u64, u64) {
    (position >> NUMBER_BITS, position & ((1 << NUMBER_BITS) - 1))
}
