//! AC-3 and E-AC-3. The plugin decodes them; a frame with a wrong checksum counts as
//! damaged, since its decoder would turn it into noise.

use std::sync::Arc;

use crc::{CRC_16_UMTS, Crc};
use tonearm_media_core::frame_header::ac3;
use tonearm_media_core::{Decoder, DecoderPlugin, Packet, Pcm, Result, Track, Undecodable};

/// The polynomial of both checksums (ETSI TS 102 366, 6.1.7.3).
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_UMTS);

struct Checked {
    inner: Box<dyn Decoder>,
    /// Whether a frame had a valid checksum. A wrong one then means damage; before, it may
    /// come from an encoder that writes none.
    has_checksums: bool,
}

/// Opens the plugin's decoder.
pub(super) fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    Ok(Box::new(Checked {
        inner: plugin.open(track)?,
        has_checksums: false,
    }))
}

impl Decoder for Checked {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if let Some(is_valid) = is_valid(&packet.data) {
            if self.has_checksums && !is_valid {
                return Err(Undecodable);
            }
            self.has_checksums |= is_valid;
        }
        self.inner.decode(packet, pcm)
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.inner.flush(pcm)
    }
}

/// Whether the checksum of the first frame of a packet is right; `None` where there is no
/// whole frame. Everything after the sync word, the checksum included, has the remainder 0.
fn is_valid(packet: &[u8]) -> Option<bool> {
    let frame = packet.get(..ac3::parse(packet)?.length)?;
    Some(CHECKSUM.checksum(frame.get(2..)?) == 0)
}
