//! Coded audio that WAV declares as 16-bit PCM, for players that pass it to a receiver: DTS
//! as on DTS CDs, and the bursts of IEC 61937 (AC-3, E-AC-3, DTS, MPEG audio, AAC).

use tonearm_media_core::{Codec, FileError, Input, Result, frame_header::dts};

use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::ElementarySource;

/// Bytes to inspect: the longest burst twice.
const PROBE: usize = 64 << 10;
/// Bytes of a burst's preamble: two sync words, kind and length.
const PREAMBLE: u64 = 8;
/// The sync words, in the byte order of WAV.
const SYNC: [u8; 4] = [0x72, 0xf8, 0x1f, 0x4e];
/// Maximum number of bytes that one call searches.
const SCAN: usize = 16 << 10;

/// Coded audio in the place of PCM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodedPcm {
    /// Frames of DTS, in words of 16 or 14 bits.
    Dts,
    /// Bursts with frames of a codec.
    Bursts(Codec),
}

impl CodedPcm {
    /// Detects coded audio at `at`: a frame or a burst that another one follows.
    pub(crate) fn detect(input: &mut Input, at: u64) -> Result<Option<Self>> {
        let bytes = input.peek(at, PROBE)?;
        let start = bytes.iter().position(|&byte| byte != 0).unwrap_or_default();
        // Silence may begin within a sample.
        let bytes = bytes.get(start - start % 2..).unwrap_or_default();
        if bytes.starts_with(&SYNC) {
            let next = bytes.get(4..).unwrap_or_default();
            let is_repeated = next.windows(4).any(|four| four == SYNC);
            let codec = next.first().copied().and_then(burst_codec);
            return Ok(codec.filter(|_| is_repeated).map(Self::Bursts));
        }
        let next = dts::parse(bytes).and_then(|header| bytes.get(header.length..));
        Ok(next.and_then(dts::parse).map(|_| Self::Dts))
    }

    /// The codec and how its frames are found.
    pub(crate) fn codec(self) -> (Codec, Framing) {
        match self {
            Self::Dts | Self::Bursts(Codec::Dts) => (Codec::Dts, Framing::Dts),
            Self::Bursts(codec @ (Codec::Ac3 | Codec::Eac3)) => (codec, Framing::Ac3),
            Self::Bursts(codec @ Codec::Aac) => (codec, Framing::Adts),
            Self::Bursts(codec) => (codec, Framing::Mpeg),
        }
    }
}

/// The codec of a burst (IEC 61937-2, table 2).
fn burst_codec(kind: u8) -> Option<Codec> {
    Some(match kind & 0x1f {
        1 => Codec::Ac3,
        4 | 5 | 8 | 9 => Codec::Mp3,
        6 | 10 => Codec::Mp2,
        7 => Codec::Aac,
        11..=13 | 17 => Codec::Dts,
        21 => Codec::Eac3,
        _ => return None,
    })
}

/// The frames in the bursts of a range of a file.
pub(crate) struct Bursts {
    input: Input,
    start: u64,
    end: u64,
    at: u64,
}

impl Bursts {
    /// The range from `start` to `end`, which may lie beyond the end of the file.
    pub(crate) fn new(input: Input, start: u64, end: u64) -> Self {
        Self {
            input,
            start,
            end,
            at: start,
        }
    }

    /// Moves to the next preamble; false if there is none.
    fn find(&mut self) -> Result<bool> {
        let end = self.end.min(self.input.len());
        let size = usize::try_from(end.saturating_sub(self.at)).unwrap_or(SCAN);
        let window = self.input.peek(self.at, size.min(SCAN))?;
        match window.windows(4).position(|four| four == SYNC) {
            Some(offset) => self.at += offset as u64,
            None if window.len() < SCAN => {
                self.at = end;
                return Ok(false);
            }
            None => self.at += (SCAN - SYNC.len()) as u64,
        }
        Ok(true)
    }
}

impl ElementarySource for Bursts {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.at >= self.end {
            return Ok(false);
        }
        let head = self.input.peek(self.at, PREAMBLE as usize)?;
        if !head.starts_with(&SYNC) {
            return self.find();
        }
        let &[_, _, _, _, kind, _, l0, l1] = head.as_slice() else {
            return Ok(false);
        };
        let stated = u64::from(u16::from_le_bytes([l0, l1]));
        // The length is in bits, except for the kinds of the second edition.
        let length = match kind & 0x1f {
            17 | 21 => stated,
            _ => stated.div_ceil(8),
        };
        let body = self.at + PREAMBLE;
        let wanted = usize::try_from(length.next_multiple_of(2)).unwrap_or(0);
        let mut bytes = self.input.peek(body, wanted)?;
        if bytes.len() < wanted {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        for word in bytes.as_chunks_mut::<2>().0 {
            word.reverse();
        }
        bytes.truncate(usize::try_from(length).unwrap_or(0));
        if burst_codec(kind).is_some() {
            framer.push(&bytes);
        }
        self.at = body + wanted as u64;
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        (framer.left() == 0).then_some(self.at)
    }

    fn seek(&mut self, position: u64) {
        self.at = position;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end.min(self.input.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_single_burst_or_frame_is_no_sign_of_coded_audio() {
        let detect = |bytes: &[u8]| {
            let mut input = Input::new(Cursor::new(bytes.to_vec())).unwrap();
            CodedPcm::detect(&mut input, 0).unwrap()
        };
        let burst = |kind: u8| [&SYNC[..], &[kind, 0, 32, 0, 1, 2, 3, 4]].concat();
        let silence = [0; 6];
        let two = [&silence[..], &burst(1), &silence, &burst(1)].concat();
        assert_eq!(detect(&two), Some(CodedPcm::Bursts(Codec::Ac3)));
        assert_eq!(detect(&[burst(1), vec![0; 100]].concat()), None);
        assert_eq!(detect(&[burst(3), burst(3)].concat()), None);
        assert_eq!(detect(&[0; 100]), None);
        assert_eq!(detect(&[]), None);
    }
}
