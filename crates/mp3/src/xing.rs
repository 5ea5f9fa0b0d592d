//! The Xing frame in front of an MP3 with LAME's extension: length, seek table, and the
//! samples that a player skips at both ends.
//!
//! It is a frame of its own that decodes to silence. The frame header and the side
//! information come first; offsets below are from the end of the side information.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | `Xing`, or `Info` where the bitrate is constant |
//! | 4 | 4 | flags: which of the next four fields are present |
//! | 8 | 4 | number of frames, without this one |
//! | 12 | 4 | number of bytes, with this frame |
//! | 16 | 100 | seek table: byte offset at each hundredth of the time, in 256ths of the bytes |
//! | 116 | 4 | quality, 0 to 100 |
//! | 120 | 9 | encoder |
//! | 141 | 3 | delay and padding in samples, 12 bits each |
//! | 148 | 4 | number of bytes, again |
//! | 152 | 2 | CRC-16 of all other frames |
//! | 154 | 2 | CRC-16 of this frame up to here |

use crate::crc16;
use crate::frame_header::FrameHeader;
use crate::frame_index::FrameIndex;

/// Bytes from the identifier to the end of LAME's extension.
const LENGTH: usize = 156;

/// Fields of the frame that do not follow from the frames of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LameTag {
    /// The encoder: "LAME3.100". At most 9 characters are written.
    pub encoder: String,
    /// 0 (worst, or unknown) to 100.
    pub quality: u32,
    /// Samples per channel before the first of the source, without the decoder's own 529.
    pub delay: u32,
    /// Samples per channel after the last of the source.
    pub padding: u32,
}

/// The content of an existing frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct XingInfo {
    /// Number of frames, without this one.
    pub frames: Option<u64>,
    /// Number of bytes, with this frame.
    pub bytes: Option<u64>,
    /// LAME's extension.
    pub lame: Option<LameTag>,
}

impl XingInfo {
    /// Whether a stream of `bytes` bytes, this frame included, is shorter than it should be.
    pub fn is_truncated(&self, bytes: u64) -> bool {
        self.bytes.is_some_and(|all| bytes < all)
    }
}

/// Length in bytes of the Xing frame for a stream whose first frame has this header; `None`
/// where it is not the header of an MP3 frame.
pub fn frame_length(header: [u8; 4]) -> Option<usize> {
    Some(blank_frame(header)?.0.len())
}

/// Writes the Xing frame for a stream; `None` where it has no frames.
pub fn frame(index: &FrameIndex, tag: &LameTag) -> Option<Vec<u8>> {
    let (mut frame, at) = blank_frame(index.header()?)?;
    let total = index.bytes + frame.len() as u64;
    let clamped = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut put = |offset: usize, bytes: &[u8]| {
        for (to, &from) in frame.iter_mut().skip(at + offset).zip(bytes) {
            *to = from;
        }
    };
    put(
        0,
        if index.is_variable() {
            b"Xing"
        } else {
            b"Info"
        },
    );
    put(4, &[0, 0, 0, 15]);
    put(8, &clamped(index.frames));
    put(12, &clamped(total));
    let own = total - index.bytes;
    let table: [u8; 100] = std::array::from_fn(|hundredth| {
        let byte = match hundredth as u64 * index.frames / 100 {
            0 => 0,
            frame => own + index.byte_of(frame),
        };
        u8::try_from(byte * 256 / total).unwrap_or(255)
    });
    put(16, &table);
    put(116, &tag.quality.to_be_bytes());
    let encoder = tag.encoder.bytes().chain(std::iter::repeat(b' ')).take(9);
    put(120, &encoder.collect::<Vec<u8>>());
    // Revision 0 of the tag, and the VBR method: 1 is CBR, 4 is one of LAME's methods,
    // which the frames do not reveal.
    put(129, &[if index.is_variable() { 4 } else { 1 }]);
    let delay_and_padding = tag.delay.min(0xfff) << 12 | tag.padding.min(0xfff);
    put(
        141,
        delay_and_padding.to_be_bytes().get(1..).unwrap_or_default(),
    );
    put(148, &clamped(total));
    put(152, &index.crc.to_be_bytes());
    let crc = crc16::update(0, frame.get(..at + 154).unwrap_or_default());
    for (to, from) in frame.iter_mut().skip(at + 154).zip(crc.to_be_bytes()) {
        *to = from;
    }
    Some(frame)
}

/// Reads a Xing frame, or its counterpart by Fraunhofer (`VBRI`); `None` for any other
/// frame.
pub fn read(frame: &[u8]) -> Option<XingInfo> {
    let at = side_information_end(*frame.first_chunk()?);
    let number = |at: usize| -> Option<u64> {
        let four = frame.get(at..)?.first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*four)))
    };
    // Its offset is always that of MPEG-1 stereo.
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(XingInfo {
            bytes: number(46),
            frames: number(50),
            lame: None,
        });
    }
    if !matches!(frame.get(at..at + 4)?, b"Xing" | b"Info") {
        return None;
    }
    let flags = number(at + 4)?;
    // An absent field takes no space.
    let mut next = at + 8;
    let mut field = |flag: u64, size: usize| {
        let (start, is_present) = (next, flags & flag != 0);
        next += if is_present { size } else { 0 };
        is_present.then_some(start)
    };
    let frames = field(1, 4).and_then(number);
    let bytes = field(2, 4).and_then(number);
    field(4, 100);
    let quality = field(8, 4).and_then(number).unwrap_or(0);
    Some(XingInfo {
        frames,
        bytes,
        lame: frame.get(next..).and_then(|rest| read_lame(rest, quality)),
    })
}

/// Reads LAME's extension.
fn read_lame(bytes: &[u8], quality: u64) -> Option<LameTag> {
    let encoder = bytes.get(..9)?;
    let &[a, b, c] = bytes.get(21..)?.first_chunk()?;
    let delay_and_padding = u32::from_be_bytes([0, a, b, c]);
    // Without the name of an encoder, the bytes are not delay and padding.
    let is_text = encoder.iter().all(u8::is_ascii_graphic) || encoder.starts_with(b"L");
    Some(LameTag {
        encoder: match is_text {
            true => String::from_utf8_lossy(encoder).into_owned(),
            false => String::new(),
        },
        quality: u32::try_from(quality).unwrap_or(0),
        delay: if is_text { delay_and_padding >> 12 } else { 0 },
        padding: if is_text {
            delay_and_padding & 0xfff
        } else {
            0
        },
    })
}

/// A silent frame of the same stream, at the lowest bitrate that has room for the fields,
/// and the offset of the identifier.
fn blank_frame(header: [u8; 4]) -> Option<(Vec<u8>, usize)> {
    let at = side_information_end(header);
    let [sync, version, rates, mode] = header;
    (1..15).find_map(|bitrate| {
        // No CRC, no padding.
        let header = [sync, version | 1, bitrate << 4 | rates & 0x0c, mode];
        let parsed = FrameHeader::parse_layer_3(&header)?;
        (parsed.length >= at + LENGTH).then(|| {
            let mut frame = vec![0; parsed.length];
            for (to, from) in frame.iter_mut().zip(header) {
                *to = from;
            }
            (frame, at)
        })
    })
}

/// The offset at which the side information ends (ISO/IEC 11172-3 and 13818-3, 2.4.1.7).
pub(crate) fn side_information_end([_, version, _, mode]: [u8; 4]) -> usize {
    let is_mpeg_1 = version >> 3 & 3 == 3;
    let is_mono = mode >> 6 == 3;
    FrameHeader::LENGTH
        + match (is_mpeg_1, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index_of(header: [u8; 4], frames: usize) -> FrameIndex {
        let length = FrameHeader::parse(&header).unwrap().length;
        let mut index = FrameIndex::default();
        for _ in 0..frames {
            let mut frame = vec![7; length];
            frame[..4].copy_from_slice(&header);
            index.push(&frame);
        }
        index
    }

    #[test]
    fn a_written_frame_reads_back() {
        let tag = LameTag {
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
            let index = index_of(header, 50);
            let frame = frame(&index, &tag).unwrap();
            let parsed = FrameHeader::parse(&frame).unwrap();
            assert_eq!(Some(frame.len()), frame_length(header));
            assert_eq!(parsed.length, frame.len());
            assert!(parsed.same_stream(&FrameHeader::parse(&header).unwrap()));
            let info = read(&frame).unwrap();
            assert_eq!(info.lame.as_ref(), Some(&tag));
            assert_eq!(info.frames, Some(50));
            let whole = index.bytes + frame.len() as u64;
            assert_eq!(info.bytes, Some(whole));
            assert!(info.is_truncated(whole - 1) && !info.is_truncated(whole));
        }
        assert_eq!(read(&[7; 400]), None);
        assert_eq!(frame(&FrameIndex::default(), &tag), None);
    }
}
