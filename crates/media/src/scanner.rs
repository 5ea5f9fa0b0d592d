//! Finds whole MP3 frames in bytes that may have something else among them.

use crate::frames::{self, FrameHeader};

/// What the bytes so far hold next.
pub(crate) enum Found<'s> {
    /// A whole frame.
    Frame(&'s [u8]),
    /// Frames of another sample rate or layer follow.
    OtherStream,
    /// Not before there are more bytes.
    Nothing,
}

/// Frames that must follow one another to be believed after something that is
/// none: pictures in tags have been seen to look like one or two.
const CHAIN: usize = 3;

/// Takes bytes and yields frames.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    bytes: Vec<u8>,
    at: usize,
    stream: Option<FrameHeader>,
    /// The last frame ended right here.
    is_in_step: bool,
    is_cut: bool,
}

/// What lies at some place.
enum Chain {
    /// As many frames as wanted, or as many as there are to the very end.
    Whole,
    /// No frame.
    No,
    /// More bytes are needed to tell.
    Open,
}

impl Scanner {
    /// Takes the next bytes. All frames should have been taken before.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at.min(self.bytes.len()));
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether the bytes ended in the middle of a frame.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The next frame. `is_end` tells that no more bytes will come.
    pub(crate) fn next(&mut self, is_end: bool) -> Found<'_> {
        while let Some(rest) = self.bytes.get(self.at..).filter(|rest| !rest.is_empty()) {
            let wanted = if self.is_in_step { 1 } else { CHAIN };
            match chain(rest, wanted, is_end) {
                Chain::Open if !is_end => return Found::Nothing,
                Chain::Whole => {
                    let Some(header) = layer_3(rest) else {
                        self.at += 1;
                        continue;
                    };
                    let first = *self.stream.get_or_insert(header);
                    if !header.same_stream(&first) {
                        if chain_is_long(rest, is_end) {
                            return Found::OtherStream;
                        }
                        self.is_in_step = false;
                        self.at += 1;
                        continue;
                    }
                    self.is_in_step = true;
                    let from = self.at;
                    self.at += header.length;
                    return Found::Frame(self.bytes.get(from..self.at).unwrap_or_default());
                }
                Chain::No | Chain::Open => {
                    let is_begun = layer_3(rest).is_some()
                        || matches!(rest, [0xff] | [0xff, _] | [0xff, _, _]);
                    self.is_cut |= is_end && self.is_in_step && is_begun;
                    self.is_in_step = false;
                    self.at += 1;
                }
            }
        }
        Found::Nothing
    }
}

fn chain_is_long(bytes: &[u8], is_end: bool) -> bool {
    matches!(chain(bytes, CHAIN, is_end), Chain::Whole)
}

/// Whether `wanted` whole frames of one stream begin here.
fn chain(bytes: &[u8], wanted: usize, is_end: bool) -> Chain {
    let mut at = 0;
    let mut first: Option<FrameHeader> = None;
    for _ in 0..wanted {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.is_empty() && is_end && at > 0 {
            return Chain::Whole;
        }
        if rest.len() < 4 {
            let is_possible = rest.first().is_none_or(|&byte| byte == 0xff);
            return if is_possible { Chain::Open } else { Chain::No };
        }
        let Some(header) = layer_3(rest) else {
            return Chain::No;
        };
        if !header.same_stream(first.get_or_insert(header)) {
            return Chain::No;
        }
        at += header.length;
        if at > bytes.len() {
            return Chain::Open;
        }
    }
    Chain::Whole
}

fn layer_3(bytes: &[u8]) -> Option<FrameHeader> {
    frames::parse(bytes).filter(|header| header.layer == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of 128 kbit/s: 417 bytes at 44.1 kHz, 384 at 48.
    fn frame(rate: u8, fill: u8) -> Vec<u8> {
        let header = [0xff, 0xfb, 0x90 | rate << 2, 0x64];
        let mut frame = vec![fill; frames::parse(&header).unwrap().length];
        frame[..4].copy_from_slice(&header);
        frame
    }

    /// The fills of the frames found, whatever the pieces; `None` where another
    /// stream was found.
    fn scan(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
        let of_pieces = |piece: usize| {
            let mut scanner = Scanner::default();
            let mut found = Vec::new();
            let pieces: Vec<_> = bytes.chunks(piece).collect();
            for (number, piece) in pieces.iter().enumerate() {
                scanner.push(piece);
                loop {
                    match scanner.next(number + 1 == pieces.len()) {
                        Found::Frame(frame) => found.push(frame[4]),
                        Found::OtherStream => return None,
                        Found::Nothing => break,
                    }
                }
            }
            Some((found, scanner.is_cut()))
        };
        let whole = of_pieces(bytes.len().max(1));
        for piece in [1, 7, 416, 418, 5000] {
            assert_eq!(of_pieces(piece), whole, "pieces of {piece}");
        }
        whole
    }

    #[test]
    fn frames_are_found_among_anything() {
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
        let cut = &all[..all.len() - 10];
        assert_eq!(scan(cut), Some(((1..=7).collect(), true)));
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
