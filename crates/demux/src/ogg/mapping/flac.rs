//! FLAC (RFC 9639, 10.1), and the mapping before it: a packet with the signature alone, then
//! the metadata blocks of a native file.

use tonearm_media_core::{Codec, FileError, Result, Track, frame_header::flac};

use super::Mapping;
use crate::flac::metadata::{Metadata, StreamInfo};

struct Flac {
    metadata: Metadata,
}

pub(super) fn open(first: &[u8]) -> Option<Box<dyn Mapping>> {
    let mut mapping = Flac {
        metadata: Metadata::default(),
    };
    // Signature, version, number of headers, signature of a native file.
    match first
        .strip_prefix(b"\x7fFLAC\x01")
        .and_then(|rest| rest.get(3..))
    {
        Some(rest) => mapping.metadata.take_block(rest.strip_prefix(b"fLaC")?),
        None if first == b"fLaC" => {}
        None => return None,
    }
    Some(Box::new(mapping))
}

impl Mapping for Flac {
    fn codec(&self) -> Codec {
        Codec::Flac
    }

    fn channels(&self) -> Option<u16> {
        let info = self.metadata.info.as_ref()?;
        Some(info.format().channels.into())
    }

    fn take_header(&mut self, packet: &[u8]) -> bool {
        if packet.first() == Some(&0xff) {
            return false;
        }
        if !packet.starts_with(b"\x7fFLAC") && packet != b"fLaC" {
            self.metadata.take_block(packet);
        }
        true
    }

    fn track(&self) -> Result<Track> {
        self.metadata.track().ok_or(FileError::Damaged {
            detail: "the configuration of FLAC",
        })
    }

    fn ticks(&mut self, packet: &[u8]) -> Option<u64> {
        let defaults = self.metadata.info.as_ref().map(StreamInfo::format);
        match packet.first() {
            Some(0xff) => {
                let header = flac::parse(packet, defaults);
                Some(header.map_or(0, |header| u64::from(header.samples)))
            }
            _ => None,
        }
    }
}
