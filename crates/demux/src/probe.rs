//! Detects the container of a file by its first bytes, never by its name.
//!
//! symphonia's own probe is not used: it takes AVI, FLV and MPEG-TS for MPEG
//! audio now and then, and yields noise.

use tonearm_media_core::{FileError, Input, Result};

use crate::container::{CONTAINERS, Container, Detection};
use crate::id3v2;
use tonearm_framing::frame_header::{self, FrameHeader};

/// Bytes that are looked at: enough for four MPEG frames after a bit of junk.
const HEAD: usize = 16 << 10;
/// Bytes within which the first packet of a container of [`Detection::Packets`] begins:
/// the longest packet of a transport stream.
const PACKET: usize = 204;

/// The container of a file and the offset at which it begins, after any ID3 tag.
///
/// # Errors
/// `NotMedia`, `UnsupportedContainer`, `Read`.
pub fn probe(input: &mut Input) -> Result<(Container, u64)> {
    let mut start = 0;
    let mut head = input.peek(0, HEAD)?;
    // Some taggers write several tags one after another.
    for _ in 0..4 {
        let Some(length) = id3v2::length(&head) else {
            break;
        };
        start += length;
        head = input.peek(start, HEAD)?;
    }
    if let Some(container) = by_signature(&head) {
        return Ok((container, start));
    }
    if let Some(name) = unsupported(&head) {
        return Err(FileError::UnsupportedContainer { name });
    }
    by_packets(&head)
        .or_else(|| by_frames(&head))
        .map(|(container, offset)| (container, start + offset))
        .ok_or(FileError::NotMedia)
}

fn by_signature(head: &[u8]) -> Option<Container> {
    let found = CONTAINERS.iter().find(|row| match row.detection {
        Detection::Signature(detect) => detect(head),
        _ => false,
    });
    found.map(|row| row.container)
}

/// The name of a media container that is detected but not supported.
fn unsupported(head: &[u8]) -> Option<&'static str> {
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
        [b'M', b'T', b'h', b'd', ..] => "a MIDI file",
        [0x7f, 0xfe, 0x80, 0x01, ..] => "a bare DTS stream",
        _ if head.get(4..8) == Some(b"ftyp".as_slice()) => "a HEIF or AVIF picture",
        _ => return None,
    })
}

/// Packets of a fixed size. The file may begin in the middle of one.
fn by_packets(head: &[u8]) -> Option<(Container, u64)> {
    CONTAINERS.iter().find_map(|row| {
        let Detection::Packets(detect) = row.detection else {
            return None;
        };
        let at = (0..head.len().min(PACKET)).find(|&at| detect(&head[at..]))?;
        Some((row.container, at as u64))
    })
}

/// MPEG or ADTS frames without a container: the first offset from which four headers
/// follow one another and agree, or as many as there are up to the end of the file.
fn by_frames(head: &[u8]) -> Option<(Container, u64)> {
    (0..head.len())
        .filter(|&at| head[at] == 0xff)
        .find_map(|at| chain(head, at).map(|container| (container, at as u64)))
}

fn chain(head: &[u8], start: usize) -> Option<Container> {
    let first = frame_header::parse(head.get(start..)?)?;
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
                previous = frame_header::parse(rest).filter(|next| next.same_stream(&first))?;
            }
        }
    }
    let found = CONTAINERS.iter().find(|row| match row.detection {
        Detection::Frames(detect) => detect(&first),
        _ => false,
    });
    found.map(|row| row.container)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn name_of(bytes: &[u8]) -> String {
        let mut input = Input::new(Cursor::new(bytes.to_vec())).unwrap();
        match probe(&mut input) {
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
            (b".snd\0\0\0\x18", "AU at 0"),
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
