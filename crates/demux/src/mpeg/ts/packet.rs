//! The packets of a transport stream.

use tonearm_media_core::{Input, Result};

/// Length of a packet without a timestamp or checksum, in bytes.
pub(super) const PACKET: usize = 188;
/// Maximum number of bytes that one call searches after damage.
pub(super) const SCAN: usize = 8 << 10;
/// The sync byte, with which every packet begins.
pub(super) const SYNC: u8 = 0x47;

/// Reads consecutive packets.
#[derive(Clone)]
pub(super) struct Packets {
    pub(super) input: Input,
    /// Distance between the starts of two packets.
    pub(super) stride: u64,
    pub(super) at: u64,
}

/// A parsed packet.
pub(super) struct Packet<'a> {
    pub(super) pid: u16,
    /// A section or PES packet begins in it.
    pub(super) is_start: bool,
    pub(super) is_scrambled: bool,
    pub(super) counter: u8,
    /// The counter may be discontinuous here.
    pub(super) is_discontinuity: bool,
    pub(super) payload: &'a [u8],
}

/// The result of reading a packet.
pub(super) enum Next {
    Packet([u8; PACKET]),
    /// Junk was skipped.
    Busy,
    /// Less than a packet is left: this many bytes.
    End(u64),
}

impl Packets {
    pub(super) fn next(&mut self) -> Result<Next> {
        let left = self.input.len().saturating_sub(self.at);
        if left < PACKET as u64 {
            return Ok(Next::End(left));
        }
        self.input.set_pos(self.at);
        let bytes: [u8; PACKET] = self.input.array()?;
        if bytes[0] == SYNC {
            self.at += self.stride;
            return Ok(Next::Packet(bytes));
        }
        // Resynchronize where two consecutive packets begin, or one at the end of the file.
        let window = self.input.peek(self.at, SCAN)?;
        let stride = usize::try_from(self.stride).unwrap_or(PACKET);
        let found = (1..window.len()).find(|&at| {
            window[at] == SYNC && window.get(at + stride).is_none_or(|&byte| byte == SYNC)
        });
        self.at += found.unwrap_or(window.len()) as u64;
        Ok(Next::Busy)
    }

    /// Whether the next packet begins at the expected offset, or the file ends there.
    /// Otherwise the last packet may lack bytes.
    pub(super) fn is_synced(&mut self) -> Result<bool> {
        let next = self.input.peek(self.at, 1)?;
        Ok(next.first().is_none_or(|&byte| byte == SYNC))
    }
}

/// The packet's stream, and whether its adaptation field signals a discontinuity: in the
/// stream of the clock, that of the time base.
pub(super) fn adaptation(bytes: &[u8; PACKET]) -> (u16, bool) {
    let &[_, b1, b2, b3, length, flags, ..] = bytes;
    let is_discontinuity = b3 & 0x20 != 0 && length > 0 && flags & 0x80 != 0;
    (pid(b1, b2), is_discontinuity)
}

fn pid(high: u8, low: u8) -> u16 {
    u16::from(high & 0x1f) << 8 | u16::from(low)
}

pub(super) fn parse(bytes: &[u8; PACKET]) -> Option<Packet<'_>> {
    let &[_, b1, _, b3, ..] = bytes;
    let mut body = 4;
    if b3 & 0x20 != 0 {
        body += 1 + usize::from(bytes[4]);
    }
    let (pid, is_discontinuity) = adaptation(bytes);
    // The receiver has marked the packet as erroneous, or it has no payload.
    if b1 & 0x80 != 0 || b3 & 0x10 == 0 {
        return None;
    }
    Some(Packet {
        pid,
        is_start: b1 & 0x40 != 0,
        is_scrambled: b3 & 0xc0 != 0,
        counter: b3 & 15,
        is_discontinuity,
        payload: bytes.get(body..)?,
    })
}

/// The distance between packets, from the positions of sync bytes.
pub(super) fn stride(bytes: &[u8]) -> Option<usize> {
    [PACKET, 192, 204].into_iter().find(|stride| {
        let mut starts = bytes.iter().step_by(*stride).take(8);
        starts.len() >= 3 && starts.all(|&byte| byte == SYNC)
    })
}
