//! Which container a file is, by its first bytes and never by its name.
//!
//! symphonia's own probe is not asked: it takes AVI, FLV and MPEG-TS for MPEG
//! audio now and then, and yields noise.

use std::fmt;

use crate::demux;
use crate::dolby;
use crate::error::{MediaError, Result};
use crate::frames::{self, FrameHeader};
use crate::input::Input;

/// A container that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// ISO base media: MP4, M4A, 3GP, and QuickTime's MOV.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// AVI.
    Avi,
    /// Flash video.
    Flv,
    /// MPEG transport stream, also M2TS.
    MpegTs,
    /// MPEG program stream: MPG, VOB.
    MpegPs,
    /// OGG with Vorbis, Opus or FLAC.
    Ogg,
    /// Bare MPEG audio (MP3), with or without ID3.
    Mp3,
    /// Bare AAC in ADTS frames.
    Adts,
    /// Bare AAC in LOAS frames.
    Loas,
    /// Bare AC-3 and E-AC-3.
    Ac3,
    /// Bare FLAC.
    Flac,
    /// RIFF WAVE, also RF64 and BW64.
    Wav,
    /// Sony's Wave64.
    Wave64,
    /// AIFF and AIFF-C.
    Aiff,
    /// Apple's Core Audio Format.
    Caf,
}

impl Container {
    /// Its usual name: "MP4".
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "MP4",
            Self::Matroska => "Matroska",
            Self::Avi => "AVI",
            Self::Flv => "FLV",
            Self::MpegTs => "MPEG-TS",
            Self::MpegPs => "MPEG-PS",
            Self::Ogg => "OGG",
            Self::Mp3 => "MP3",
            Self::Adts | Self::Loas => "AAC",
            Self::Ac3 => "AC-3",
            Self::Flac => "FLAC",
            Self::Wav => "WAV",
            Self::Wave64 => "Wave64",
            Self::Aiff => "AIFF",
            Self::Caf => "CAF",
        }
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Bytes that are looked at: enough for four MPEG frames after a bit of junk.
const HEAD: usize = 16 << 10;

/// The container of a file and the byte where it begins, after any ID3 tag.
pub(crate) fn recognise(input: &mut Input) -> Result<(Container, u64)> {
    let mut start = 0;
    let mut head = input.peek(0, HEAD)?;
    // Taggers have been seen to leave several tags behind one another.
    for _ in 0..4 {
        let Some(length) = id3_length(&head) else {
            break;
        };
        start += length;
        head = input.peek(start, HEAD)?;
    }
    if let Some(container) = by_magic(&head) {
        return Ok((container, start));
    }
    if let Some(name) = unreadable(&head) {
        return Err(MediaError::UnsupportedContainer { name });
    }
    by_packets(&head)
        .or_else(|| by_frames(&head))
        .map(|(container, offset)| (container, start + offset))
        .ok_or(MediaError::NotMedia)
}

/// Length of an ID3v2 tag with its header and footer.
pub(crate) fn id3_length(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else {
        return None;
    };
    let size = size.first_chunk::<4>()?;
    if size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let body = size.iter().fold(0, |sum, &byte| sum << 7 | u64::from(byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + body + footer)
}

fn by_magic(head: &[u8]) -> Option<Container> {
    let kind = head.get(4..8).unwrap_or_default();
    let form = head.get(8..12).unwrap_or_default();
    Some(match head {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Container::Matroska,
        [b'O', b'g', b'g', b'S', ..] => Container::Ogg,
        [b'f', b'L', b'a', b'C', ..] => Container::Flac,
        [b'c', b'a', b'f', b'f', 0, ..] => Container::Caf,
        [b'R', b'I', b'F', b'F', ..] if form == b"AVI " => Container::Avi,
        [b'R', b'I' | b'F', b'F' | b'6', b'F' | b'4', ..] | [b'B', b'W', b'6', b'4', ..]
            if form == b"WAVE" =>
        {
            Container::Wav
        }
        [b'r', b'i', b'f', b'f', 0x2e, 0x91, 0xcf, 0x11, ..] => Container::Wave64,
        [b'F', b'L', b'V', 1, ..] => Container::Flv,
        [0, 0, 1, 0xba, ..] => Container::MpegPs,
        [0x56, 0xe0..=0xff, ..] if is_loas(head) => Container::Loas,
        [0x0b, 0x77, ..] if dolby::parse(head).is_some() => Container::Ac3,
        [b'F', b'O', b'R', b'M', ..] if matches!(form, b"AIFF" | b"AIFC") => Container::Aiff,
        _ if kind == b"ftyp" && !is_picture(form) => Container::Mp4,
        // QuickTime files older than `ftyp` begin with any of these, and so do
        // fragments of a stream.
        _ if matches!(
            kind,
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" | b"styp"
        ) =>
        {
            Container::Mp4
        }
        _ => return None,
    })
}

/// Whether three LOAS headers follow one another.
fn is_loas(head: &[u8]) -> bool {
    let mut at = 0;
    (0..3).all(|_| match head.get(at..).and_then(<[u8]>::first_chunk) {
        Some(&[0x56, second @ 0xe0..=0xff, third]) => {
            at += 3 + (usize::from(second & 0x1f) << 8 | usize::from(third));
            true
        }
        _ => false,
    })
}

/// Brands of pictures that share MP4's boxes.
fn is_picture(brand: &[u8]) -> bool {
    matches!(
        brand,
        b"heic" | b"heix" | b"heim" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx "
    )
}

/// The name of a media container that is known and not read.
fn unreadable(head: &[u8]) -> Option<&'static str> {
    Some(match head {
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => "a WMV or WMA file",
        [0, 0, 1, 0xb3, ..] => "an MPEG video without sound",
        [b'.', b'R', b'M', b'F', ..] => "a RealMedia file",
        [b'#', b'!', b'A', b'M', b'R', ..] => "an AMR file",
        [b'w', b'v', b'p', b'k', ..] => "a WavPack file",
        [b'M', b'A', b'C', b' ', ..] => "a Monkey's Audio file",
        [b'M', b'P', b'C', b'K', ..] | [b'M', b'P', b'+', ..] => "a Musepack file",
        [b'T', b'T', b'A', b'1' | b'2', ..] => "a True Audio file",
        [b'D', b'S', b'D', b' ', ..] | [b'F', b'R', b'M', b'8', ..] => "a DSD file",
        [b'.', b's', b'n', b'd', ..] => "an AU file",
        [b'M', b'T', b'h', b'd', ..] => "a MIDI file",
        [0x7f, 0xfe, 0x80, 0x01, ..] => "a bare DTS stream",
        _ if head.get(4..8) == Some(b"ftyp".as_slice()) => "a HEIF or AVIF picture",
        _ => return None,
    })
}

/// A transport stream, which may begin in the middle of a packet, and in M2TS has
/// a time before it.
fn by_packets(head: &[u8]) -> Option<(Container, u64)> {
    (0..head.len().min(204))
        .find(|&at| demux::ts_stride(&head[at..]).is_some())
        .map(|at| (Container::MpegTs, at as u64))
}

/// Bare MPEG or ADTS frames: the first place from which four headers follow one
/// another and agree, or as many as there are up to the file's very end.
fn by_frames(head: &[u8]) -> Option<(Container, u64)> {
    (0..head.len())
        .filter(|&at| head[at] == 0xff)
        .find_map(|at| chain(head, at).map(|container| (container, at as u64)))
}

fn chain(head: &[u8], start: usize) -> Option<Container> {
    let first = frames::parse(head.get(start..)?)?;
    let mut at = start;
    let mut previous: FrameHeader = first;
    for found in 1.. {
        at += previous.length;
        if found == 4 {
            break;
        }
        match head.get(at..).unwrap_or_default() {
            [] if start == 0 && at >= head.len() && head.len() < HEAD => break,
            rest => {
                previous = frames::parse(rest).filter(|next| next.same_stream(&first))?;
            }
        }
    }
    Some(if first.is_adts {
        Container::Adts
    } else {
        Container::Mp3
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn name_of(bytes: &[u8]) -> String {
        let mut input = Input::new(Cursor::new(bytes.to_vec())).unwrap();
        match recognise(&mut input) {
            Ok((container, start)) => format!("{container} at {start}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn first_bytes_decide() {
        let mut ts = vec![0; 188 * 8];
        ts.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
        let mut mp3 = b"ID3\x04\0\0\0\0\0\x05tagged".to_vec();
        mp3.truncate(15);
        for _ in 0..5 {
            mp3.extend_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
            mp3.resize(mp3.len() + 413, 0);
        }
        let cases: &[(&[u8], &str)] = &[
            (b"\0\0\0\x18ftypisom\0\0\0\0", "MP4 at 0"),
            (b"\0\0\0\x08wide\0\0\0\x08mdat", "MP4 at 0"),
            (b"\x1a\x45\xdf\xa3\x9f", "Matroska at 0"),
            (b"OggS\0", "OGG at 0"),
            (b"RIFF\0\0\0\0WAVEfmt ", "WAV at 0"),
            (b"FORM\0\0\0\0AIFCCOMM", "AIFF at 0"),
            (b"fLaC\0", "FLAC at 0"),
            (b"caff\0\x01\0\0", "CAF at 0"),
            (&mp3, "MP3 at 15"),
            (b"RIFF\0\0\0\0AVI LIST", "AVI at 0"),
            (b"FLV\x01\x05", "FLV at 0"),
            (&ts, "MPEG-TS at 0"),
            (
                b"\0\0\0\x18ftypheic\0\0\0\0",
                "The file is a HEIF or AVIF picture, a format that we cannot read.",
            ),
            (
                b"Dear reader,\n",
                "The file is not a video or audio file that we recognise.",
            ),
            (
                b"",
                "The file is not a video or audio file that we recognise.",
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(&name_of(bytes), expected);
        }
    }
}
