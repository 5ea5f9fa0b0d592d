//! AU, the audio format of Sun and NeXT (manual page au(4) of Solaris): a header of six
//! numbers, an annotation, and samples.

use tonearm_media_core::tags::{put, put_year};
use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Result, Tags, TrackChoice,
};

use crate::raw::blocks::Blocks;
use crate::raw::pcm::Pcm;
use crate::track_selection;

/// Length of the header without the annotation, in bytes.
const HEADER: u64 = 24;
/// Maximum length of the annotation that is read.
const MAX_ANNOTATION: u64 = 64 << 10;
/// The data size of a file whose writer left it open.
const UNKNOWN_SIZE: u32 = 0xffff_ffff;

/// Whether an AU header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b".snd")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    // The first number is the signature.
    let mut header = [0; 6];
    input.set_pos(start);
    for number in &mut header {
        *number = u32::from_be_bytes(input.array()?);
    }
    let [_, offset, size, encoding, sample_rate, channels] = header;
    if u64::from(offset) < HEADER {
        return Err(FileError::Damaged {
            detail: "an AU file whose data begins in its header",
        });
    }
    let data = start + u64::from(offset);
    let length = (u64::from(offset) - HEADER).min(MAX_ANNOTATION);
    let annotation = input.peek(start + HEADER, usize::try_from(length).unwrap_or_default())?;
    let channels = u16::try_from(channels).unwrap_or(u16::MAX);
    let end = match size {
        UNKNOWN_SIZE => input.len(),
        size => data + u64::from(size),
    };
    let tags = tags(&annotation);
    if let Some((codec, bits, samples)) = codewords(encoding) {
        let blocks = Blocks {
            params: CodecParams {
                channels: Channels::usual(channels),
                bits_per_coded_sample: Some(u32::from(bits)),
                bit_rate: sample_rate.checked_mul(bits.into()),
                ..CodecParams::new(codec, sample_rate)
            },
            // Eight codewords fill as many bytes as a codeword has bits.
            bytes: bits,
            samples,
            data: (data, end),
            tags,
        };
        return blocks.open(input, choice);
    }
    let pcm = Pcm {
        codec: codec(encoding).map_err(|name| track_selection::refuse(choice, name))?,
        channels,
        sample_rate,
        data: (data, end),
        tags,
    };
    pcm.open(input, choice)
}

/// A codec of codewords, with their bits and the samples of as many bytes.
fn codewords(encoding: u32) -> Option<(Codec, u16, u64)> {
    Some(match encoding {
        23 => (Codec::G726Le, 4, 8),
        // A byte has two samples, the codeword of each four bits.
        24 => (Codec::G722, 4, 8),
        25 => (Codec::G726Le, 3, 8),
        26 => (Codec::G726Le, 5, 8),
        _ => return None,
    })
}

/// The codec of an encoding, or the name of an unsupported one.
fn codec(encoding: u32) -> Result<Codec, String> {
    Ok(match encoding {
        1 => Codec::PcmMulaw,
        2 => Codec::PcmS8,
        3 => Codec::PcmS16Be,
        4 => Codec::PcmS24Be,
        5 => Codec::PcmS32Be,
        6 => Codec::PcmF32Be,
        7 => Codec::PcmF64Be,
        27 => Codec::PcmAlaw,
        other => return Err(format!("AU encoding {other}")),
    })
}

/// Parses an annotation, which is zero-terminated text. ffmpeg writes `name=value` lines;
/// other text is a comment.
fn tags(annotation: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let text = annotation
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let mut comment = Vec::new();
    for line in text.lines() {
        let (name, value) = line.split_once('=').unwrap_or(("", line));
        match name.to_ascii_lowercase().as_str() {
            "title" => put(&mut tags.title, value),
            "artist" => put(&mut tags.artist, value),
            "album" => put(&mut tags.album, value),
            "comment" => put(&mut tags.comment, value),
            "date" | "year" => put_year(&mut tags.year, value),
            "track" | "genre" => {}
            _ => comment.push(line),
        }
    }
    put(&mut tags.comment, &comment.join("\n"));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tonearm_media_core::TrackSelector;
    use tonearm_media_core::{Packet, ReadStep};

    fn file(header: [u32; 5], rest: &[u8]) -> Vec<u8> {
        let mut bytes = b".snd".to_vec();
        bytes.extend(header.iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend_from_slice(rest);
        bytes
    }

    fn open_bytes(bytes: Vec<u8>, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        open(Input::new(Cursor::new(bytes))?, 0, choice)
    }

    /// All bytes of the track, and whether it ends without an error.
    fn read(bytes: Vec<u8>) -> (Vec<u8>, bool) {
        let mut demuxer = open_bytes(bytes, &TrackSelector::Default.into()).unwrap();
        let (mut packet, mut data) = (Packet::default(), Vec::new());
        loop {
            match demuxer.next(&mut packet) {
                Ok(ReadStep::Packet) => data.extend_from_slice(&packet.data),
                Ok(ReadStep::Busy | ReadStep::NewTrack) => {}
                Ok(ReadStep::End) => return (data, true),
                Err(_) => return (data, false),
            }
        }
    }

    #[test]
    fn the_data_has_the_stated_size_or_extends_to_the_end() {
        for (size, expected, is_whole) in [
            (4, &b"abcd"[..], true),
            (UNKNOWN_SIZE, b"abcdefgh", true),
            // Truncated.
            (12, b"abcdefgh", false),
            (UNKNOWN_SIZE - 1, b"abcdefgh", false),
        ] {
            let found = read(file([28, size, 3, 8000, 1], b"\0\0\0\0abcdefgh"));
            assert_eq!(found, (expected.to_vec(), is_whole), "{size}");
        }
    }

    #[test]
    fn an_annotation_becomes_tags() {
        let text = b"Title=A\nartist=B\nalbum=C\nyear=1999\ngenre=x\nSome words\n\0junk=1";
        let tags = tags(text);
        assert_eq!(tags.title.as_deref(), Some("A"));
        assert_eq!(tags.artist.as_deref(), Some("B"));
        assert_eq!(tags.album.as_deref(), Some("C"));
        assert_eq!(tags.comment.as_deref(), Some("Some words"));
        assert_eq!(tags.year, Some(1999));
    }

    #[test]
    fn invalid_headers_are_refused() {
        for (header, code) in [
            ([0, 4, 3, 8000, 1], "damaged_media"),
            ([23, 4, 3, 8000, 1], "damaged_media"),
            ([24, 4, 0, 8000, 1], "unsupported_codec"),
            ([24, 4, 22, 8000, 1], "unsupported_codec"),
        ] {
            let error = open_bytes(file(header, b"abcd"), &TrackSelector::Default.into());
            assert_eq!(error.err().unwrap().code(), code, "{header:?}");
        }
        let short = open_bytes(b".snd\0\0\0\x18".to_vec(), &TrackSelector::Default.into());
        assert_eq!(short.err().unwrap().code(), "damaged_media");
        let bytes = file([24, 4, 3, 8000, 1], b"abcd");
        let second = open_bytes(bytes, &TrackSelector::Number(2).into());
        assert_eq!(second.err().unwrap().code(), "no_such_track");
    }
}
