//! What must be known of a run of MP3 frames to write the Xing frame in front of
//! it. Runs add up, so that segments can be encoded apart and joined.

use serde::{Deserialize, Serialize};

use crate::frames;

/// Seek points kept of a run; a longer one has them further apart.
const MAX_POINTS: usize = 64;

/// A run of whole MP3 frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Number of frames.
    pub frames: u64,
    /// Their length in bytes.
    pub bytes: u64,
    /// CRC-16 of all bytes, as LAME's tag has it: polynomial 0x8005 reflected,
    /// starting at 0.
    pub crc: u16,
    /// The byte where every `every`-th frame begins.
    points: Vec<(u64, u64)>,
    every: u64,
    /// The four bytes that the first frame begins with.
    pub(crate) header: Option<[u8; 4]>,
    /// Whether frames of different bitrates are among them.
    pub(crate) is_variable: bool,
}

impl Default for Run {
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

impl Run {
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
            self.is_variable |= bitrate(first) != bitrate(header);
        }
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.crc = frame.iter().fold(self.crc, |crc, &byte| update(crc, byte));
    }

    /// Adds the run that follows.
    pub fn append(&mut self, next: &Self) {
        let here = (self.frames, self.bytes);
        let moved = next.points.iter().map(|(f, b)| (f + here.0, b + here.1));
        self.points.extend(moved);
        if let (Some(first), Some(header)) = (self.header, next.header) {
            self.is_variable |= bitrate(first) != bitrate(header);
        }
        self.header = self.header.or(next.header);
        self.is_variable |= next.is_variable;
        self.crc = shift(self.crc, next.bytes) ^ next.crc;
        self.frames += next.frames;
        self.bytes += next.bytes;
    }

    /// The byte where frame `frame` begins, more or less.
    pub(crate) fn byte_of(&self, frame: u64) -> u64 {
        let after = self.points.partition_point(|point| point.0 <= frame);
        let end = (self.frames, self.bytes);
        let before = after.checked_sub(1).and_then(|at| self.points.get(at));
        let (f0, b0) = before.copied().unwrap_or((0, 0));
        let (f1, b1) = self.points.get(after).copied().unwrap_or(end);
        let part = u128::from(b1.saturating_sub(b0)) * u128::from(frame.saturating_sub(f0))
            / u128::from(f1.saturating_sub(f0).max(1));
        b0 + u64::try_from(part).unwrap_or(0)
    }
}

fn bitrate(header: [u8; 4]) -> u8 {
    header[2] >> 4
}

/// One byte more.
pub(crate) fn update(crc: u16, byte: u8) -> u16 {
    let [low, _] = (crc ^ u16::from(byte)).to_le_bytes();
    crc >> 8 ^ TABLE[usize::from(low)]
}

/// What each byte does to the CRC.
const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ ((crc & 1) * 0xa001);
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The CRC after `count` zero bytes more: linear, so a matrix that is squared.
fn shift(crc: u16, mut count: u64) -> u16 {
    let apply = |matrix: &[u16; 16], value: u16| {
        (0..16).fold(0, |sum, bit| {
            sum ^ if value >> bit & 1 == 1 {
                matrix[bit]
            } else {
                0
            }
        })
    };
    let mut matrix: [u16; 16] = std::array::from_fn(|bit| update(1 << bit, 0));
    let mut crc = crc;
    while count > 0 {
        if count & 1 == 1 {
            crc = apply(&matrix, crc);
        }
        matrix = std::array::from_fn(|bit| apply(&matrix, matrix[bit]));
        count >>= 1;
    }
    crc
}

/// Cuts a stream of bytes into MP3 frames.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    rest: Vec<u8>,
}

impl Splitter {
    /// Takes bytes and calls `found` with each whole frame. Answers false where
    /// there is something else than frames.
    pub(crate) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(&[u8])) -> bool {
        self.rest.extend_from_slice(bytes);
        let mut at = 0;
        let is_fine = loop {
            let rest = self.rest.get(at..).unwrap_or_default();
            if rest.len() < 4 {
                break true;
            }
            let Some(header) = frames::parse(rest).filter(|header| header.layer == 3) else {
                break false;
            };
            let Some(frame) = rest.get(..header.length) else {
                break true;
            };
            found(frame);
            at += frame.len();
        };
        self.rest.drain(..at);
        is_fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of 128 kbit/s at 44.1 kHz with noise in it.
    fn frame(seed: u32) -> Vec<u8> {
        let noise = (0..413u32).map(|n| (n.wrapping_mul(seed) >> 3) as u8);
        [0xff, 0xfb, 0x90, 0x64].into_iter().chain(noise).collect()
    }

    #[test]
    fn the_crc_is_the_usual_one() {
        let crc = b"123456789".iter().fold(0, |crc, &byte| update(crc, byte));
        assert_eq!(crc, 0xbb3d);
    }

    #[test]
    fn runs_add_up() {
        let mut whole = Run::default();
        let mut joined = Run::default();
        for part in 0..3u32 {
            let mut run = Run::default();
            for n in 0..1000 {
                run.push(&frame(part * 7919 + n));
                whole.push(&frame(part * 7919 + n));
            }
            joined.append(&run);
        }
        assert_eq!(
            (joined.frames, joined.bytes, joined.crc),
            (whole.frames, whole.bytes, whole.crc)
        );
        for n in [0, 1, 999, 1000, 1500, 2999, 3000] {
            assert_eq!((joined.byte_of(n), whole.byte_of(n)), (n * 417, n * 417));
        }
    }

    #[test]
    fn frames_are_found_wherever_the_stream_is_cut() {
        let stream: Vec<u8> = (1..20).flat_map(frame).collect();
        for size in [1, 7, 416, 417, 418, 5000] {
            let (mut splitter, mut found) = (Splitter::default(), Vec::new());
            for piece in stream.chunks(size) {
                assert!(splitter.push(piece, |frame| found.extend_from_slice(frame)));
            }
            assert_eq!(found, stream);
        }
        assert!(!Splitter::default().push(b"no frames", |_| {}));
    }
}
