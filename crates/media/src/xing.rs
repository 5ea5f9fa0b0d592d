//! The Xing frame in front of an MP3 with LAME's extension: length, seek table,
//! and what a player leaves out at both ends.
//!
//! It is a frame of its own that decodes to nothing. Layout: the frame header,
//! room for the side information, then (offsets from there)
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `Xing`, or `Info` where the bitrate is constant |
//! | 4 | 4 | flags: which of the next four are there |
//! | 8 | 4 | frames, this one not counted |
//! | 12 | 4 | bytes, this one counted |
//! | 16 | 100 | seek table: for each hundredth of the time, the 256th of the bytes |
//! | 116 | 4 | quality, 0 to 100 |
//! | 120 | 9 | encoder |
//! | 141 | 3 | delay and padding in samples, 12 bits each |
//! | 148 | 4 | bytes, again |
//! | 152 | 2 | CRC-16 of all other frames |
//! | 154 | 2 | CRC-16 of this frame up to here |

use crate::frames;
use crate::run::{Run, update};

/// Bytes from the name to the end of LAME's extension.
const LENGTH: usize = 156;

/// What the frame tells beside what the run itself does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    /// The encoder, as in "LAME3.100"; 9 characters of it are kept.
    pub(crate) encoder: String,
    /// 0 (worst, or unknown) to 100.
    pub(crate) quality: u32,
    /// Samples before the first of the sound, less the decoder's own 529.
    pub(crate) delay: u32,
    /// Samples after the last.
    pub(crate) padding: u32,
}

/// What an existing frame tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Frames, this one not counted.
    pub(crate) frames: Option<u64>,
    /// Bytes, this one counted.
    pub(crate) bytes: Option<u64>,
    /// LAME's extension, where there is one.
    pub(crate) label: Option<Label>,
}

impl Told {
    /// Whether so many bytes, this frame counted, are fewer than there should be.
    pub(crate) fn is_cut(&self, bytes: u64) -> bool {
        self.bytes.is_some_and(|all| bytes < all)
    }
}

/// Length of the frame for a stream that begins with a frame of this header;
/// `None` where that is no header of an MP3 frame.
pub(crate) fn length(header: [u8; 4]) -> Option<usize> {
    Some(blank(header)?.0.len())
}

/// The frame for `run`; `None` where that has no frames.
pub(crate) fn frame(run: &Run, label: &Label) -> Option<Vec<u8>> {
    let (mut frame, at) = blank(run.header?)?;
    let total = run.bytes + frame.len() as u64;
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut put = |offset: usize, bytes: &[u8]| {
        for (to, &from) in frame.iter_mut().skip(at + offset).zip(bytes) {
            *to = from;
        }
    };
    put(0, if run.is_variable { b"Xing" } else { b"Info" });
    put(4, &[0, 0, 0, 15]);
    put(8, &small(run.frames));
    put(12, &small(total));
    let head = total - run.bytes;
    let table: [u8; 100] = std::array::from_fn(|hundredth| {
        let byte = match hundredth as u64 * run.frames / 100 {
            0 => 0,
            frame => head + run.byte_of(frame),
        };
        u8::try_from(byte * 256 / total).unwrap_or(255)
    });
    put(16, &table);
    put(116, &label.quality.to_be_bytes());
    let encoder = label.encoder.bytes().chain(std::iter::repeat(b' ')).take(9);
    put(120, &encoder.collect::<Vec<u8>>());
    // Revision 0 of the tag; the method by which the bitrate varies: constant,
    // or "some VBR" for what cannot be told apart here.
    put(129, &[if run.is_variable { 4 } else { 1 }]);
    let both = label.delay.min(0xfff) << 12 | label.padding.min(0xfff);
    put(141, both.to_be_bytes().get(1..).unwrap_or_default());
    put(148, &small(total));
    put(152, &run.crc.to_be_bytes());
    let crc = frame
        .iter()
        .take(at + 154)
        .fold(0, |crc, &b| update(crc, b));
    for (to, from) in frame.iter_mut().skip(at + 154).zip(crc.to_be_bytes()) {
        *to = from;
    }
    Some(frame)
}

/// What an existing frame tells, if this is one, or Fraunhofer's counterpart.
pub(crate) fn read(frame: &[u8]) -> Option<Told> {
    let at = offset(*frame.first_chunk()?);
    let number = |at: usize| -> Option<u64> {
        let four = frame.get(at..)?.first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*four)))
    };
    // Always behind the side information of MPEG-1 stereo.
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(Told {
            bytes: number(46),
            frames: number(50),
            label: None,
        });
    }
    if !matches!(frame.get(at..at + 4)?, b"Xing" | b"Info") {
        return None;
    }
    let flags = number(at + 4)?;
    // Fields that are not there leave no room.
    let mut here = at + 8;
    let mut field = |bit: u64, size: usize| {
        let (start, is_there) = (here, flags & bit != 0);
        here += if is_there { size } else { 0 };
        is_there.then_some(start)
    };
    let frames = field(1, 4).and_then(number);
    let bytes = field(2, 4).and_then(number);
    field(4, 100);
    let quality = field(8, 4).and_then(number).unwrap_or(0);
    Some(Told {
        frames,
        bytes,
        label: frame.get(here..).and_then(|rest| extension(rest, quality)),
    })
}

/// LAME's extension.
fn extension(bytes: &[u8], quality: u64) -> Option<Label> {
    let encoder = bytes.get(..9)?;
    let &[a, b, c] = bytes.get(21..)?.first_chunk()?;
    let both = u32::from_be_bytes([0, a, b, c]);
    let is_text = encoder.iter().all(u8::is_ascii_graphic) || encoder.starts_with(b"L");
    Some(Label {
        encoder: match is_text {
            true => String::from_utf8_lossy(encoder).into_owned(),
            false => String::new(),
        },
        quality: u32::try_from(quality).unwrap_or(0),
        delay: if is_text { both >> 12 } else { 0 },
        padding: if is_text { both & 0xfff } else { 0 },
    })
}

/// A frame of the same stream without sound, and where its name goes: of the
/// least bitrate that has room.
fn blank(header: [u8; 4]) -> Option<(Vec<u8>, usize)> {
    let at = offset(header);
    let [sync, version, rates, mode] = header;
    (1..15).find_map(|bitrate| {
        // No checksum, no padding.
        let header = [sync, version | 1, bitrate << 4 | rates & 0x0c, mode];
        let parsed = frames::parse(&header).filter(|parsed| parsed.layer == 3)?;
        (parsed.length >= at + LENGTH).then(|| {
            let mut frame = vec![0; parsed.length];
            for (to, from) in frame.iter_mut().zip(header) {
                *to = from;
            }
            (frame, at)
        })
    })
}

/// Where the side information ends (ISO/IEC 11172-3, 2.4.1.7; 13818-3, 2.4.1.7).
fn offset([_, version, _, mode]: [u8; 4]) -> usize {
    let is_mpeg_1 = version >> 3 & 3 == 3;
    let is_mono = mode >> 6 == 3;
    4 + match (is_mpeg_1, is_mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(header: [u8; 4], frames: usize) -> Run {
        let length = frames::parse(&header).unwrap().length;
        let mut run = Run::default();
        for _ in 0..frames {
            let mut frame = vec![7; length];
            frame[..4].copy_from_slice(&header);
            run.push(&frame);
        }
        run
    }

    #[test]
    fn what_is_written_is_read() {
        let label = Label {
            encoder: "LAME3.100".to_owned(),
            quality: 80,
            delay: 576,
            padding: 1001,
        };
        // MPEG-1 stereo, MPEG-2 mono, MPEG-2.5 stereo of 8 kHz.
        for header in [
            [0xff, 0xfb, 0x90, 0x64],
            [0xff, 0xf3, 0x44, 0xc4],
            [0xff, 0xe3, 0x48, 0x44],
        ] {
            let run = run(header, 50);
            let frame = frame(&run, &label).unwrap();
            let parsed = frames::parse(&frame).unwrap();
            assert_eq!(Some(frame.len()), length(header));
            assert_eq!(parsed.length, frame.len());
            assert!(parsed.same_stream(&frames::parse(&header).unwrap()));
            let told = read(&frame).unwrap();
            assert_eq!(told.label.as_ref(), Some(&label));
            assert_eq!(told.frames, Some(50));
            let whole = run.bytes + frame.len() as u64;
            assert_eq!(told.bytes, Some(whole));
            assert!(told.is_cut(whole - 1) && !told.is_cut(whole));
        }
        assert_eq!(read(&[7; 400]), None);
        assert_eq!(frame(&Run::default(), &label), None);
    }
}
