//! Rewrites frames of MPEG layer II whose bitrate the standard does not allow for their
//! channel mode (ISO/IEC 11172-3, 2.4.2.3), and which symphonia refuses: more than 192 kbit/s
//! for a single channel, as FFmpeg's encoder writes by default, and less than 96 kbit/s for
//! two.
//!
//! The rewritten frame decodes to the same samples. Two channels need only another bitrate
//! that has the same table of bit allocations, and padding. A single channel becomes the
//! left one of two, at 32 kHz, where a frame of the same bitrate has room for the bits that
//! the other channel takes: the sample rate has no influence on decoding beyond the table.

use tonearm_media_core::BitReader;

/// Bits of the allocation of each subband by table 3-B.2b, of which table 3-B.2a is the
/// start.
const ALLOCATION_BITS: [(usize, usize); 3] = [(11, 4), (12, 3), (7, 2)];
/// Subbands of table 3-B.2a, which applies at 48 kHz.
const SUBBANDS_AT_48: usize = 27;

/// Layer II without a checksum, of MPEG-1 at 384 kbit/s and 32 kHz, in stereo.
const STEREO_384: [u8; 4] = [0xff, 0xfd, 0xe8, 0x00];
/// Bytes of that frame.
const STEREO_384_BYTES: usize = 1728;
/// Index of 96 kbit/s in MPEG-1, and of 160 kbit/s in MPEG-2.
const INDEX_96: u8 = 6;
const INDEX_160: u8 = 14;

/// The part of a rewritten frame that the original frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    /// All channels.
    All,
    /// The left channel, at another sample rate.
    Left,
}

/// The frame as symphonia decodes it; `None` if it needs no change, or is another codec's.
pub(crate) fn allowed(frame: &[u8]) -> Option<(Vec<u8>, Channels)> {
    let &[0xff, b1, b2, b3, ..] = frame else {
        return None;
    };
    let (is_layer_2, is_mpeg_1) = (b1 >> 1 & 3 == 2, b1 >> 3 & 3 == 3);
    let is_mono = b3 >> 6 == 3;
    let index = b2 >> 4;
    match (is_layer_2, is_mpeg_1, is_mono, index) {
        // 224 kbit/s and more.
        (true, true, true, 11..=14) => mono(frame).map(|frame| (frame, Channels::Left)),
        // 32 to 80 kbit/s without 64, as symphonia reads it.
        (true, true, false, 1..=3 | 5) => padded(frame, INDEX_96),
        // The same numbers are allowed here, but symphonia does not distinguish them.
        (true, false, false, 4 | 6 | 7 | 9) => padded(frame, INDEX_160),
        _ => None,
    }
}

/// The frame with another bitrate, and zeros at its end.
fn padded(frame: &[u8], index: u8) -> Option<(Vec<u8>, Channels)> {
    let mut frame = frame.to_vec();
    let b2 = frame.get_mut(2)?;
    *b2 = *b2 & 0x0f | index << 4;
    let length = tonearm_mp3::FrameHeader::parse(&frame)?.length;
    (frame.len() <= length).then(|| {
        frame.resize(length, 0);
        (frame, Channels::All)
    })
}

/// A frame of one channel as the left one of two.
fn mono(frame: &[u8]) -> Option<Vec<u8>> {
    let has_checksum = frame.get(1)? & 1 == 0;
    let is_48 = frame.get(2)? >> 2 & 3 == 1;
    let header = if has_checksum { 6 } else { 4 };
    let mut bits = BitReader::new(frame.get(header..)?);
    let mut out = BitWriter::new(STEREO_384.to_vec());
    let widths = ALLOCATION_BITS
        .iter()
        .flat_map(|&(count, width)| std::iter::repeat_n(width, count));
    for (band, width) in widths.enumerate() {
        let is_coded = !is_48 || band < SUBBANDS_AT_48;
        let allocation = if is_coded { bits.read(width)? } else { 0 };
        out.write(allocation, width);
        // The right channel.
        out.write(0, width);
    }
    while let Some(bit) = bits.read(1) {
        out.write(bit, 1);
    }
    let mut frame = out.bytes;
    // Only unused bits at the end may be lost, in frames that are already at 32 kHz.
    let rest = frame.get(STEREO_384_BYTES..).unwrap_or_default();
    if rest.iter().any(|&byte| byte != 0) {
        return None;
    }
    frame.resize(STEREO_384_BYTES, 0);
    Some(frame)
}

/// Appends bits, most significant first.
struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are not written yet.
    free: usize,
}

impl BitWriter {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, free: 0 }
    }

    /// Appends the lowest `count` bits.
    fn write(&mut self, value: u32, count: usize) {
        for shift in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            let bit = u8::from(value >> shift & 1 == 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << self.free;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bitrates_that_symphonia_refuses_are_changed() {
        let frame = |index: u8, mode: u8| {
            let mut frame = vec![0xff, 0xfd, index << 4 | 4, mode << 6];
            let length = tonearm_mp3::FrameHeader::parse(&frame).unwrap().length;
            frame.resize(length, 0);
            allowed(&frame).map(|(frame, channels)| (frame[2] >> 4, frame.len(), channels))
        };
        for index in 1..=14 {
            let mono = (index > 10).then_some((14, 1728, Channels::Left));
            assert_eq!(frame(index, 3), mono, "{index}");
            let stereo = matches!(index, 1 | 2 | 3 | 5).then_some((6, 288, Channels::All));
            assert_eq!(frame(index, 0), stereo, "{index}");
        }
        // Layer III.
        assert_eq!(allowed(&[0xff, 0xfb, 0xe4, 0xc0]), None);
        assert_eq!(allowed(&[]), None);
    }
}
