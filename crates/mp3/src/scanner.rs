//! Finds whole MP3 frames in a stream that may contain anything else.

use crate::frame_header::FrameHeader;

/// What comes next in the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Scan<'s> {
    /// A whole frame.
    Frame(&'s [u8]),
    /// Frames of another sample rate follow.
    OtherStream,
    /// Nothing before more bytes are pushed.
    NeedMore,
}

/// Frames that must follow one another after other data: images in tags can contain one or
/// two that look like frames.
const SYNC_FRAMES: usize = 3;

/// Takes bytes and returns frames.
#[derive(Debug, Default)]
pub struct Scanner {
    bytes: Vec<u8>,
    position: usize,
    /// The header of the first frame.
    stream: Option<FrameHeader>,
    /// Whether a frame ended at `position`.
    is_synced: bool,
    is_truncated: bool,
}

/// Whether a chain of frames starts at some position.
enum Chain {
    /// Yes: as many as required, or fewer up to the end of the stream.
    Complete,
    /// No.
    Broken,
    /// Undecided without more bytes.
    Open,
}

impl Scanner {
    /// Appends bytes to the stream. Frames not taken before stay available.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.position.min(self.bytes.len()));
        self.position = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether the stream ended in the middle of a frame. Final once `next` was called with
    /// `is_end`.
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Returns the next frame. With `is_end`, no more bytes will be pushed.
    pub fn next(&mut self, is_end: bool) -> Scan<'_> {
        while let Some(rest) = self
            .bytes
            .get(self.position..)
            .filter(|rest| !rest.is_empty())
        {
            let required = if self.is_synced { 1 } else { SYNC_FRAMES };
            match chain(rest, required, is_end) {
                Chain::Open if !is_end => return Scan::NeedMore,
                Chain::Complete => {
                    let Some(header) = FrameHeader::parse_layer_3(rest) else {
                        self.position += 1;
                        continue;
                    };
                    let first = *self.stream.get_or_insert(header);
                    if !header.same_stream(&first) {
                        if matches!(chain(rest, SYNC_FRAMES, is_end), Chain::Complete) {
                            return Scan::OtherStream;
                        }
                        self.is_synced = false;
                        self.position += 1;
                        continue;
                    }
                    self.is_synced = true;
                    let from = self.position;
                    self.position += header.length;
                    return Scan::Frame(self.bytes.get(from..self.position).unwrap_or_default());
                }
                Chain::Broken | Chain::Open => {
                    let is_begun = FrameHeader::parse_layer_3(rest).is_some()
                        || matches!(rest, [0xff] | [0xff, _] | [0xff, _, _]);
                    self.is_truncated |= is_end && self.is_synced && is_begun;
                    self.is_synced = false;
                    self.position += 1;
                }
            }
        }
        Scan::NeedMore
    }
}

/// Whether `required` whole frames of one stream start here.
fn chain(bytes: &[u8], required: usize, is_end: bool) -> Chain {
    let mut at = 0;
    let mut first: Option<FrameHeader> = None;
    for _ in 0..required {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.is_empty() && is_end && at > 0 {
            return Chain::Complete;
        }
        if rest.len() < FrameHeader::LENGTH {
            let is_possible = rest.first().is_none_or(|&byte| byte == 0xff);
            return if is_possible {
                Chain::Open
            } else {
                Chain::Broken
            };
        }
        let Some(header) = FrameHeader::parse_layer_3(rest) else {
            return Chain::Broken;
        };
        if !header.same_stream(first.get_or_insert(header)) {
            return Chain::Broken;
        }
        at += header.length;
        if at > bytes.len() {
            return Chain::Open;
        }
    }
    Chain::Complete
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of 128 kbit/s: 417 bytes at 44.1 kHz, 384 at 48.
    fn frame(rate: u8, fill: u8) -> Vec<u8> {
        let header = [0xff, 0xfb, 0x90 | rate << 2, 0x64];
        let mut frame = vec![fill; FrameHeader::parse(&header).unwrap().length];
        frame[..4].copy_from_slice(&header);
        frame
    }

    /// The fills of the frames found, and whether the stream is truncated; `None` where
    /// another stream was found. Asserts that the size of the chunks does not matter.
    fn scan(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
        let in_chunks = |size: usize| {
            let mut scanner = Scanner::default();
            let mut found = Vec::new();
            let chunks: Vec<_> = bytes.chunks(size).collect();
            for (number, chunk) in chunks.iter().enumerate() {
                scanner.push(chunk);
                loop {
                    match scanner.next(number + 1 == chunks.len()) {
                        Scan::Frame(frame) => found.push(frame[4]),
                        Scan::OtherStream => return None,
                        Scan::NeedMore => break,
                    }
                }
            }
            Some((found, scanner.is_truncated()))
        };
        let whole = in_chunks(bytes.len().max(1));
        for size in [1, 7, 416, 418, 5000] {
            assert_eq!(in_chunks(size), whole, "chunks of {size}");
        }
        whole
    }

    #[test]
    fn frames_are_found_among_other_data() {
        let frames: Vec<_> = (1..=8).map(|fill| frame(0, fill)).collect();
        let all = frames.concat();
        assert_eq!(scan(&all), Some(((1..=8).collect(), false)));
        let tagged = [b"junk\xff\xfb\x90\x64junk", all.as_slice(), b"TAG and more"].concat();
        assert_eq!(scan(&tagged), Some(((1..=8).collect(), false)));
        let damaged = [
            &frames[..3].concat(),
            &b"\xff\xff\0"[..],
            &frames[3..].concat(),
        ]
        .concat();
        assert_eq!(scan(&damaged), Some(((1..=8).collect(), false)));
        let truncated = &all[..all.len() - 10];
        assert_eq!(scan(truncated), Some(((1..=7).collect(), true)));
        assert_eq!(scan(b""), Some((Vec::new(), false)));
        assert_eq!(scan(&[0xff; 3000]), Some((Vec::new(), false)));
    }

    #[test]
    fn another_sample_rate_is_another_stream() {
        let one: Vec<_> = (1..=4).flat_map(|fill| frame(0, fill)).collect();
        let other: Vec<_> = (1..=4).flat_map(|fill| frame(1, fill)).collect();
        assert_eq!(scan(&[one, other].concat()), None);
    }
}
