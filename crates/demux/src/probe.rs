//! Detects the container of a file by its first bytes, never by its name.
//!
//! symphonia's probe is not used: it sometimes detects AVI, FLV and MPEG-TS as MPEG audio,
//! which then decodes to noise.

use tonearm_media_core::{FileError, Input, Result};

use crate::container::{CONTAINERS, Container, Detection};
use crate::id3v2;
use tonearm_framing::frame_header::{self, FrameHeader};

/// Bytes to inspect: enough for four MPEG frames after some junk.
const PROBE_BYTES: usize = 16 << 10;
/// Bytes within which the first packet of a container of [`Detection::Packets`] begins:
/// the longest packet of a transport stream.
const PACKET: usize = 204;

/// The container of a file and the offset at which it begins, after any ID3 tag.
///
/// # Errors
/// `NotMedia`, `UnsupportedContainer`, `Read`.
pub fn probe(input: &mut Input) -> Result<(Container, u64)> {
    let mut start = 0;
    let mut bytes = input.peek(0, PROBE_BYTES)?;
    // Some taggers write several tags one after another.
    for _ in 0..4 {
        let Some(length) = id3v2::length(&bytes) else {
            break;
        };
        start += length;
        bytes = input.peek(start, PROBE_BYTES)?;
    }
    if let Some(container) = by_signature(&bytes) {
        return Ok((container, start));
    }
    if let Some(name) = unsupported(&bytes) {
        return Err(FileError::UnsupportedContainer { name });
    }
    by_packets(&bytes)
        .or_else(|| by_frames(&bytes))
        .map(|(container, offset)| (container, start + offset))
        .ok_or(FileError::NotMedia)
}

fn by_signature(bytes: &[u8]) -> Option<Container> {
    let found = CONTAINERS.iter().find(|row| match row.detection {
        Detection::Signature(detect) => detect(bytes),
        _ => false,
    });
    found.map(|row| row.container)
}

/// The name of a media container that is detected but not supported.
fn unsupported(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0, 0, 1, 0xb3, ..] => "an MPEG video without sound",
        [b'w', b'v', b'p', b'k', ..] => "an early WavPack file",
        [b'M', b'P', b'+', ..] => "an early Musepack file",
        [b'T', b'T', b'A', b'2', ..] => "a True Audio 2 file",
        [b't', b'B', b'a', b'K', ..] => "a TAK file",
        [b'M', b'T', b'h', b'd', ..] => "a MIDI file",
        _ if bytes.get(4..8) == Some(b"ftyp".as_slice()) => "a HEIF or AVIF picture",
        _ => return None,
    })
}

/// Detects packets of a fixed size. The file may begin in the middle of one.
fn by_packets(bytes: &[u8]) -> Option<(Container, u64)> {
    CONTAINERS.iter().find_map(|row| {
        let Detection::Packets(detect) = row.detection else {
            return None;
        };
        let at = (0..bytes.len().min(PACKET)).find(|&at| detect(&bytes[at..]))?;
        Some((row.container, at as u64))
    })
}

/// Detects MPEG or ADTS frames without a container: the first offset at which four
/// consecutive headers agree, or fewer if the file ends before.
fn by_frames(bytes: &[u8]) -> Option<(Container, u64)> {
    (0..bytes.len())
        .filter(|&at| bytes[at] == 0xff)
        .find_map(|at| chain(bytes, at).map(|container| (container, at as u64)))
}

fn chain(bytes: &[u8], start: usize) -> Option<Container> {
    let first = frame_header::parse(bytes.get(start..)?)?;
    let mut at = start;
    let mut previous: FrameHeader = first;
    for count in 1.. {
        at += previous.length;
        if count == 4 {
            break;
        }
        match bytes.get(at..).unwrap_or_default() {
            [] if start == 0 && at >= bytes.len() && bytes.len() < PROBE_BYTES => break,
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

    fn probe_bytes(bytes: &[u8]) -> String {
        let mut input = Input::new(Cursor::new(bytes.to_vec())).unwrap();
        match probe(&mut input) {
            Ok((container, start)) => format!("{container} at {start}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_bytes_determine_the_container() {
        let mut ts = vec![0; 188 * 8];
        ts.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
        let mut mp3 = b"ID3\x04\0\0\0\0\0\x05tagged".to_vec();
        mp3.truncate(15);
        for _ in 0..5 {
            mp3.extend_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
            mp3.resize(mp3.len() + 413, 0);
        }
        let mut wavpack = b"wvpk\x20\0\0\0\x10\x04".to_vec();
        wavpack.resize(40, 0);
        let cases: &[(&[u8], &str)] = &[
            (b"\0\0\0\x18ftypisom\0\0\0\0", "MP4 at 0"),
            (b"\0\0\0\x08wide\0\0\0\x08mdat", "MP4 at 0"),
            (b"\x1a\x45\xdf\xa3\x9f", "Matroska at 0"),
            (b"OggS\0", "OGG at 0"),
            (b"RIFF\0\0\0\0WAVEfmt ", "WAV at 0"),
            (b"FORM\0\0\0\0AIFCCOMM", "AIFF at 0"),
            (b".snd\0\0\0\x18", "AU at 0"),
            (&wavpack, "WavPack at 0"),
            (b"TTA1\x01\0", "True Audio at 0"),
            (b"MAC \x96\x0f", "Monkey's Audio at 0"),
            (b"MP+\x17", "Musepack at 0"),
            (b"MPCKSH", "Musepack at 0"),
            (b"DSD \x1c\0\0\0\0\0\0\0", "DSF at 0"),
            (b"FRM8\0\0\0\0\0\0\0\0DSD FVER", "DSDIFF at 0"),
            (b"fLaC\0", "FLAC at 0"),
            (b"caff\0\x01\0\0", "CAF at 0"),
            (b".RMF\0\0\0\x12", "RealMedia at 0"),
            (b".ra\xfd\0\x04", "RealAudio at 0"),
            (b"#!AMR\n\x3c", "AMR at 0"),
            (
                b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c",
                "ASF at 0",
            ),
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
            assert_eq!(&probe_bytes(bytes), expected);
        }
    }
}
