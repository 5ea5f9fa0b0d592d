//! Statistics of MP3 frames, from which the Xing frame in front of them is written.

use serde::{Deserialize, Serialize};

use crate::crc16;

/// Most seek points that pushing frames keeps; for a longer sequence they are further apart.
const MAX_POINTS: usize = 64;

/// What a Xing frame needs of a sequence of whole MP3 frames. Sequences that were encoded
/// apart are joined by [`append`](Self::append).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameIndex {
    /// Number of frames.
    pub frames: u64,
    /// Their length in bytes.
    pub bytes: u64,
    /// CRC-16/ARC of all bytes.
    pub crc: u16,
    /// Frame number and byte offset of every `every`-th frame.
    points: Vec<(u64, u64)>,
    every: u64,
    /// The header of the first frame.
    header: Option<[u8; 4]>,
    /// Whether the frames have different bitrates.
    is_variable: bool,
}

impl Default for FrameIndex {
    fn default() -> Self {
        Self {
            frames: 0,
            bytes: 0,
            crc: 0,
            points: Vec::new(),
            every: 1,
            header: None,
            is_variable: false,
        }
    }
}

impl FrameIndex {
    /// Adds a whole frame.
    pub fn push(&mut self, frame: &[u8]) {
        if self.frames.is_multiple_of(self.every) {
            if self.points.len() >= MAX_POINTS {
                self.every *= 2;
                self.points.retain(|(frame, _)| frame % self.every == 0);
            }
            if self.frames.is_multiple_of(self.every) {
                self.points.push((self.frames, self.bytes));
            }
        }
        if let Some(&header) = frame.first_chunk() {
            let first = *self.header.get_or_insert(header);
            self.is_variable |= bitrate_index(first) != bitrate_index(header);
        }
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.crc = crc16::update(self.crc, frame);
    }

    /// Adds the sequence that follows.
    pub fn append(&mut self, next: &Self) {
        let (frames, bytes) = (self.frames, self.bytes);
        let points = next.points.iter();
        self.points
            .extend(points.map(|(frame, byte)| (frame + frames, byte + bytes)));
        if let (Some(first), Some(header)) = (self.header, next.header) {
            self.is_variable |= bitrate_index(first) != bitrate_index(header);
        }
        self.header = self.header.or(next.header);
        self.is_variable |= next.is_variable;
        self.crc = crc16::combine(self.crc, next.crc, next.bytes);
        self.frames += next.frames;
        self.bytes += next.bytes;
    }

    /// The header of the first frame, if there is one.
    pub fn header(&self) -> Option<[u8; 4]> {
        self.header
    }

    /// Whether the frames have different bitrates.
    pub(crate) fn is_variable(&self) -> bool {
        self.is_variable
    }

    /// The approximate byte offset of a frame.
    pub(crate) fn byte_of(&self, frame: u64) -> u64 {
        let after = self.points.partition_point(|point| point.0 <= frame);
        let end = (self.frames, self.bytes);
        let before = after.checked_sub(1).and_then(|at| self.points.get(at));
        let (f0, b0) = before.copied().unwrap_or((0, 0));
        let (f1, b1) = self.points.get(after).copied().unwrap_or(end);
        let offset = u128::from(b1.saturating_sub(b0)) * u128::from(frame.saturating_sub(f0))
            / u128::from(f1.saturating_sub(f0).max(1));
        b0 + u64::try_from(offset).unwrap_or(0)
    }
}

fn bitrate_index(header: [u8; 4]) -> u8 {
    header[2] >> 4
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A frame of 128 kbit/s at 44.1 kHz that holds noise.
    pub(crate) fn frame(seed: u32) -> Vec<u8> {
        let noise = (0..413u32).map(|n| (n.wrapping_mul(seed) >> 3) as u8);
        [0xff, 0xfb, 0x90, 0x64].into_iter().chain(noise).collect()
    }

    #[test]
    fn appended_sequences_equal_the_whole() {
        let mut whole = FrameIndex::default();
        let mut joined = FrameIndex::default();
        for part in 0..3u32 {
            let mut index = FrameIndex::default();
            for n in 0..1000 {
                index.push(&frame(part * 7919 + n));
                whole.push(&frame(part * 7919 + n));
            }
            joined.append(&index);
        }
        assert_eq!(
            (joined.frames, joined.bytes, joined.crc),
            (whole.frames, whole.bytes, whole.crc)
        );
        for n in [0, 1, 999, 1000, 1500, 2999, 3000] {
            assert_eq!((joined.byte_of(n), whole.byte_of(n)), (n * 417, n * 417));
        }
    }
}
