//! The delay of FAAC's encoder, which no container states: FAAC writes its name into the
//! first packet, and other decoders drop the samples of that packet.

use tonearm_media_core::{Decoder, FileError, Packet, Pcm, Undecodable};

/// FAAC's name, in a fill element (ISO/IEC 14496-3, 4.4.2.7).
const NAME: &[u8] = b"libfaac ";
/// Bytes at the start of the packet that are searched.
const SEARCHED: usize = 32;

/// Drops the samples of FAAC's first packet.
pub(super) struct SkipDelay {
    inner: Box<dyn Decoder>,
    is_first: bool,
}

impl SkipDelay {
    pub(super) fn new(inner: Box<dyn Decoder>) -> Self {
        Self {
            inner,
            is_first: true,
        }
    }
}

impl Decoder for SkipDelay {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let is_first = std::mem::take(&mut self.is_first);
        self.inner.decode(packet, pcm)?;
        let head = packet.data.get(..SEARCHED).unwrap_or(&packet.data);
        if is_first && head.windows(NAME.len()).any(|bytes| bytes == NAME) {
            pcm.samples.clear();
        }
        Ok(())
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.inner.flush(pcm)
    }

    fn refusal(&self) -> Option<FileError> {
        self.inner.refusal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;

    impl Decoder for Ones {
        fn decode(&mut self, _: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
            pcm.samples = vec![1.0; 4];
            Ok(())
        }
    }

    fn lengths(packets: [&[u8]; 2]) -> [usize; 2] {
        let mut decoder = SkipDelay::new(Box::new(Ones));
        packets.map(|data| {
            let packet = Packet {
                data: data.to_vec(),
                ..Packet::default()
            };
            let mut pcm = Pcm::default();
            decoder.decode(&packet, &mut pcm).unwrap();
            pcm.samples.len()
        })
    }

    #[test]
    fn the_delay_of_faac_is_dropped() {
        let faac = b"\xde\x04\0\0libfaac 1.24\0\0";
        assert_eq!(lengths([faac, b"other"]), [0, 4]);
        assert_eq!(lengths([b"other", faac]), [4, 4]);
        assert_eq!(lengths([b"", b""]), [4, 4]);
    }
}
