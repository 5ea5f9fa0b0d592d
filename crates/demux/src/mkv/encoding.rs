//! How the frames of a track are stored: content encodings (RFC 9559, 5.1.4.1.31), and the
//! forms that codecs have in Matroska alone.

use tonearm_media_core::Packet;

use crate::real::Interleaver;

/// How frames are restored.
#[derive(Clone, Debug, Default)]
pub(super) struct Encoding {
    /// Bytes stripped from the start of every frame.
    pub(super) stripped: Vec<u8>,
    /// What is compressed by zlib.
    pub(super) zlib: Zlib,
    pub(super) form: Form,
}

/// What is compressed by zlib (RFC 1950).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Zlib {
    pub(super) frames: bool,
    pub(super) private: bool,
}

/// Decompresses a frame or the private data of a track; `None` where it is damaged or longer
/// than a packet may be.
pub(super) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let max = usize::try_from(Packet::MAX_BYTES).ok()?;
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, max).ok()
}

/// The form of a codec's packets.
#[derive(Clone, Debug, Default)]
pub(super) enum Form {
    /// A frame is a packet.
    #[default]
    Plain,
    /// The headers of WavPack's blocks are shortened.
    WavPack {
        /// Version of the format.
        version: [u8; 2],
    },
    /// The packets of several frames are interleaved.
    Real(Interleaver),
}

/// The version of WavPack that most files have, for tracks that state none.
const WAVPACK_VERSION: [u8; 2] = [0x10, 4];
/// Flags of the first and the last block of a frame.
const WAVPACK_ENDS: u32 = 0x1800;
/// Nanoseconds per millisecond.
const MILLISECOND: i64 = 1_000_000;

impl Form {
    /// WavPack, with the private data of its track.
    pub(super) fn wavpack(private: &[u8]) -> Self {
        Self::WavPack {
            version: private.first_chunk().copied().unwrap_or(WAVPACK_VERSION),
        }
    }
}

impl Encoding {
    /// The packets of a frame at `time`, as the codec wrote them, each with its time if it
    /// is known.
    pub(super) fn restore(
        &mut self,
        stored: &[u8],
        time: Option<i64>,
    ) -> Vec<(Vec<u8>, Option<i64>)> {
        let frame = match self.zlib.frames {
            false => [self.stripped.as_slice(), stored].concat(),
            // A damaged frame is empty, and becomes silence.
            true => inflate(stored).unwrap_or_default(),
        };
        match &mut self.form {
            Form::Plain => vec![(frame, time)],
            // A damaged frame is empty, and becomes silence.
            Form::WavPack { version } => {
                vec![(wavpack(&frame, *version).unwrap_or_default(), time)]
            }
            Form::Real(interleaver) => {
                let time = time.and_then(|time| u32::try_from(time / MILLISECOND).ok());
                interleaver.add(&frame, time, false);
                std::iter::from_fn(|| interleaver.pop())
                    .map(|(data, time)| (data, time.map(|time| i64::from(time) * MILLISECOND)))
                    .collect()
            }
        }
    }

    /// Whether no packet waits for another frame.
    pub(super) fn is_settled(&self) -> bool {
        match &self.form {
            Form::Real(interleaver) => interleaver.is_empty(),
            _ => true,
        }
    }

    /// Drops what waits for another frame.
    pub(super) fn clear(&mut self) {
        if let Form::Real(interleaver) = &mut self.form {
            interleaver.clear();
        }
    }
}

/// Restores the headers of WavPack's blocks: Matroska stores the number of samples once, and
/// of each block its flags and checksum, and its size where there are several.
fn wavpack(frame: &[u8], version: [u8; 2]) -> Option<Vec<u8>> {
    let (&samples, mut rest) = frame.split_first_chunk::<4>()?;
    let mut packet = Vec::with_capacity(frame.len() + 32);
    while !rest.is_empty() {
        let (&flags, after) = rest.split_first_chunk::<4>()?;
        let (&checksum, after) = after.split_first_chunk::<4>()?;
        let is_only = u32::from_le_bytes(flags) & WAVPACK_ENDS == WAVPACK_ENDS;
        let (data, after) = match is_only {
            true => (after, &[][..]),
            false => {
                let (&size, after) = after.split_first_chunk()?;
                after.split_at_checked(usize::try_from(u32::from_le_bytes(size)).ok()?)?
            }
        };
        packet.extend(b"wvpk");
        packet.extend(u32::try_from(data.len() + 24).ok()?.to_le_bytes());
        packet.extend(version);
        // Track and index, total number of samples, number of the first sample.
        packet.extend([0; 10]);
        packet.extend(samples);
        packet.extend(flags);
        packet.extend(checksum);
        packet.extend(data);
        rest = after;
    }
    Some(packet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_of_wavpack_are_restored() {
        let mut frame = vec![9, 0, 0, 0];
        for (flags, byte) in [(0x800u32, 1), (0x1000, 2)] {
            frame.extend(flags.to_le_bytes());
            frame.extend([7, 7, 7, 7, 1, 0, 0, 0, byte]);
        }
        let packet = wavpack(&frame, [0x10, 4]).unwrap();
        assert_eq!(packet.len(), 2 * 33);
        assert!(packet.starts_with(b"wvpk\x19\0\0\0\x10\x04"));
        assert_eq!((packet[20], packet[32], packet[65]), (9, 1, 2));
        // A size beyond the frame.
        frame[12] = 200;
        assert_eq!(wavpack(&frame, [0x10, 4]), None);
        assert_eq!(wavpack(&[1], [0x10, 4]), None);
    }
}
