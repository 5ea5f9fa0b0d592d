//! ID3v2 tags (id3.org: versions 2.2, 2.3 and 2.4).
//!
//! The parser works on bytes in memory and allocates no more than they hold. The available
//! libraries allocate the size that a frame states.

use tonearm_media_core::{Chapter, Cover, Input, Result, Tags, tags::put, tags::put_year};

use std::borrow::Cow;
use std::time::Duration;

use crate::charset::Charset;

/// Maximum size of tags, in bytes: a cover and all texts.
pub(crate) const MAX_TAGS: u64 = Cover::MAX_BYTES + (1 << 20);

/// Most texts from which the charset is detected.
const MAX_TEXTS: usize = 64;

/// Length of the ID3v2 tag that begins here, including header and footer.
pub(crate) fn length(header: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = header else {
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

/// Reads the tags between the start of the file and `end`, unless they exceed
/// [`MAX_TAGS`].
pub(crate) fn read(input: &mut Input, end: u64) -> Result<Tags> {
    if end == 0 || end > MAX_TAGS {
        return Ok(Tags::NONE);
    }
    Ok(all(&input.peek(0, usize::try_from(end).unwrap_or(0))?))
}

/// Merges consecutive tags. For each field, the first tag that has it wins.
pub(crate) fn all(bytes: &[u8]) -> Tags {
    let mut tags = Tags::NONE;
    let mut rest = bytes;
    while let Some((tag, after)) = split(rest) {
        tags = tags.or(tag);
        rest = after;
    }
    tags
}

/// The first tag, and the bytes after it.
fn split(bytes: &[u8]) -> Option<(Tags, &[u8])> {
    let (&[b'I', b'D', b'3', version, _, flags, s0, s1, s2, s3], rest) =
        bytes.split_first_chunk()?
    else {
        return None;
    };
    let size = syncsafe([s0, s1, s2, s3]);
    let body = rest.get(..size).unwrap_or(rest);
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    let after = rest.get(size + footer..).unwrap_or_default();
    let body = match version {
        2 | 3 if flags & 0x80 != 0 => Cow::Owned(undo_unsynchronisation(body)),
        _ => Cow::Borrowed(body),
    };
    let mut frames: &[u8] = &body;
    if flags & 0x40 != 0 {
        // Skip the extended header.
        let size = frames.first_chunk().map_or(0, |&four| match version {
            4 => syncsafe(four),
            _ => big_endian(&four).saturating_add(4),
        });
        frames = frames.get(size..).unwrap_or_default();
    }
    let charset = charset(frames, version);
    let mut tags = Tags::default();
    while let Some((frame, rest)) = Frame::split(frames, version, charset) {
        frame.put(&mut tags);
        if tags.chapters.len() < Chapter::MAX {
            tags.chapters.extend(frame.chapter(version));
        }
        frames = rest;
    }
    Some((tags, after))
}

/// The charset of the texts that are marked as Latin-1. Many writers used that of their
/// computer instead.
fn charset(frames: &[u8], version: u8) -> Charset {
    let unknown = Charset::of([]);
    let mut rest = frames;
    let frames = std::iter::from_fn(|| {
        let (frame, after) = Frame::split(rest, version, unknown)?;
        rest = after;
        Some(frame)
    });
    let texts: Vec<_> = frames
        .filter(|frame| matches!(frame.id, [b'T', ..] | b"COMM" | b"COM"))
        .filter(|frame| frame.body.first() == Some(&0))
        .map(|frame| frame.body)
        .take(MAX_TEXTS)
        .collect();
    Charset::of(texts.iter().map(|body| &body[1..]))
}

struct Frame<'t> {
    id: &'t [u8],
    body: Cow<'t, [u8]>,
    charset: Charset,
}

impl<'t> Frame<'t> {
    /// The first frame, and the bytes after it.
    fn split(bytes: &'t [u8], version: u8, charset: Charset) -> Option<(Self, &'t [u8])> {
        let (header, id_length) = match version {
            2 => (bytes.get(..6)?, 3),
            _ => (bytes.get(..10)?, 4),
        };
        let id = header.get(..id_length)?;
        // The padding consists of zeros.
        if !id.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let size = match (version, header.get(id_length..)?) {
            (2, size) => big_endian(size),
            (4, &[s0, s1, s2, s3, ..]) => {
                let four = [s0, s1, s2, s3];
                let rest = bytes.get(header.len()..)?;
                // iTunes and FFmpeg write some sizes with 8 bits in each byte.
                match (syncsafe(four), big_endian(&four)) {
                    (size, plain) if !is_boundary(rest, size) && is_boundary(rest, plain) => plain,
                    (size, _) => size,
                }
            }
            (_, rest) => big_endian(rest.get(..4)?),
        };
        let (body, rest) = bytes.get(header.len()..)?.split_at_checked(size)?;
        let flags = header.get(9).copied().unwrap_or(0);
        let body = match version {
            // Compressed and encrypted frames are ignored.
            3 if flags & 0xc0 != 0 => Cow::Borrowed(&body[..0]),
            4 if flags & 0x0c != 0 => Cow::Borrowed(&body[..0]),
            4 => {
                let body = body.get(if flags & 1 == 1 { 4 } else { 0 }..);
                let body = body.unwrap_or_default();
                match flags & 2 {
                    0 => Cow::Borrowed(body),
                    _ => Cow::Owned(undo_unsynchronisation(body)),
                }
            }
            _ => Cow::Borrowed(body),
        };
        Some((Self { id, body, charset }, rest))
    }

    fn put(&self, tags: &mut Tags) {
        let slot = match self.id {
            b"TIT2" | b"TT2" => &mut tags.title,
            b"TPE1" | b"TP1" => &mut tags.artist,
            b"TALB" | b"TAL" => &mut tags.album,
            b"TDRC" | b"TYER" | b"TYE" | b"TDRL" => {
                if let Some(text) = self.text() {
                    put_year(&mut tags.year, &text);
                }
                return;
            }
            b"COMM" | b"COM" => {
                if let Some(text) = self.comment() {
                    put(&mut tags.comment, &text);
                }
                return;
            }
            // ffmpeg writes comments to this frame.
            b"TXXX" | b"TXX" => {
                if let Some((description, text)) = self.described(0)
                    && description.eq_ignore_ascii_case("comment")
                {
                    put(&mut tags.comment, &text);
                }
                return;
            }
            b"APIC" | b"PIC" => {
                tags.cover = tags.cover.take().or_else(|| self.picture());
                return;
            }
            _ => return,
        };
        if let Some(text) = self.text() {
            // Zeros separate several values.
            put(
                slot,
                text.trim_end_matches('\0')
                    .split('\0')
                    .next()
                    .unwrap_or_default(),
            );
        }
    }

    /// Parses an encoding and a text. `None` if it cannot be decoded.
    fn text(&self) -> Option<String> {
        let (&encoding, text) = self.body.split_first()?;
        decoded(encoding, text, self.charset)
    }

    /// Parses a chapter (ID3v2 Chapter Frame Addendum, 3.1): an id, start and end in
    /// milliseconds, two offsets, and frames, one of which has the title.
    fn chapter(&self, version: u8) -> Option<Chapter> {
        if self.id != b"CHAP" {
            return None;
        }
        let (_, rest) = split_text(0, &self.body)?;
        let (times, mut frames) = rest.split_first_chunk::<16>()?;
        let time = |at: usize| {
            let number = times.get(at..)?.first_chunk().copied()?;
            Some(Duration::from_millis(u32::from_be_bytes(number).into()))
        };
        let mut tags = Tags::default();
        while let Some((frame, rest)) = Frame::split(frames, version, self.charset) {
            if frame.id == b"TIT2" {
                frame.put(&mut tags);
            }
            frames = rest;
        }
        let title = tags.title.unwrap_or_default();
        Some(Chapter::new(time(0)?, time(4), &title))
    }

    /// Parses a language of three letters, a description and a text. Comments with a
    /// description are internal notes of programs.
    fn comment(&self) -> Option<String> {
        let (description, text) = self.described(3)?;
        description.is_empty().then_some(text)
    }

    /// Parses an encoding, `skip` bytes, a description and a text.
    fn described(&self, skip: usize) -> Option<(String, String)> {
        let (&encoding, rest) = self.body.split_first()?;
        let (description, text) = split_text(encoding, rest.get(skip..)?)?;
        let decoded = |text| decoded(encoding, text, self.charset);
        Some((decoded(description)?, decoded(text)?))
    }

    /// Parses an encoding, a media type (or a format of three letters), a picture type, a
    /// description and the image.
    fn picture(&self) -> Option<Cover> {
        let (&encoding, rest) = self.body.split_first()?;
        let rest = match self.id {
            b"PIC" => rest.get(3..)?,
            _ => split_text(0, rest)?.1,
        };
        let (_, image) = split_text(encoding, rest.get(1..)?)?;
        Cover::new(image.to_vec())
    }
}

/// Whether the frames end at `at`, or another frame begins there.
fn is_boundary(frames: &[u8], at: usize) -> bool {
    match frames.get(at..) {
        None => false,
        Some([] | [0, ..]) => true,
        Some(rest) => rest.iter().take(4).all(u8::is_ascii_alphanumeric),
    }
}

/// A text up to its terminating zero, and the bytes after that.
fn split_text(encoding: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let width = if matches!(encoding, 1 | 2) { 2 } else { 1 };
    let end = bytes
        .chunks_exact(width)
        .position(|unit| unit.iter().all(|&byte| byte == 0))?;
    let (text, rest) = bytes.split_at_checked(end * width)?;
    Some((text, rest.get(width..)?))
}

/// A text in one of the encodings of ID3v2 (4). `None` if it is invalid.
fn decoded(encoding: u8, bytes: &[u8], charset: Charset) -> Option<String> {
    let wide = |bytes: &[u8], from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|&two| from(two)).collect();
        String::from_utf16(&units).ok()
    };
    match (encoding, bytes) {
        (0, _) => charset.decode(bytes),
        (1, [0xfe, 0xff, rest @ ..]) | (2, rest) => wide(rest, u16::from_be_bytes),
        (1, [0xff, 0xfe, rest @ ..]) | (1, rest) => wide(rest, u16::from_le_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// Reverses unsynchronisation: removes the zeros inserted after 0xff bytes, which keep
/// players from detecting audio frames in the tag.
fn undo_unsynchronisation(bytes: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(bytes.len());
    let mut after_ff = false;
    for &byte in bytes {
        if !(after_ff && byte == 0) {
            output.push(byte);
        }
        after_ff = byte == 0xff;
    }
    output
}

fn syncsafe(bytes: [u8; 4]) -> usize {
    bytes
        .iter()
        .fold(0, |sum, &byte| sum << 7 | usize::from(byte & 0x7f))
}

/// A big-endian number of at most four bytes.
fn big_endian(bytes: &[u8]) -> usize {
    let number = bytes
        .iter()
        .fold(0, |sum: u32, &byte| sum << 8 | u32::from(byte));
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use id3::frame::{Comment, Picture, PictureType};
    use id3::{Encoder, Tag, TagLike, Version};

    /// A tag with all supported fields, written by the `id3` crate.
    fn tag(version: Version, unsynchronisation: bool) -> Vec<u8> {
        let mut tag = Tag::new();
        tag.set_text("TCON", "Talk");
        tag.set_title("Grüße ÿ");
        tag.set_artist("東京");
        tag.set_album("B");
        tag.set_text(
            if version == Version::Id3v24 {
                "TDRC"
            } else {
                "TYER"
            },
            "1999",
        );
        for (description, text) in [("iTunNORM", "00"), ("", "A remark")] {
            tag.add_frame(Comment {
                lang: "eng".to_owned(),
                description: description.to_owned(),
                text: text.to_owned(),
            });
        }
        tag.add_frame(Picture {
            mime_type: "image/jpeg".to_owned(),
            picture_type: PictureType::CoverFront,
            description: "Front".to_owned(),
            data: vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0, 0xff, 0xe0, 1],
        });
        let mut bytes = Vec::new();
        let encoder = Encoder::new()
            .version(version)
            .unsynchronisation(unsynchronisation)
            .padding(20);
        encoder.encode(&tag, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn every_version_is_parsed() {
        for version in [Version::Id3v22, Version::Id3v23, Version::Id3v24] {
            for unsynchronisation in [false, true] {
                let bytes = tag(version, unsynchronisation);
                let (tags, rest) = split(&bytes).unwrap();
                assert!(rest.is_empty());
                assert_eq!(tags.title.as_deref(), Some("Grüße ÿ"), "{version}");
                assert_eq!(tags.artist.as_deref(), Some("東京"));
                assert_eq!(tags.album.as_deref(), Some("B"));
                assert_eq!(tags.year, Some(1999));
                assert_eq!(tags.comment.as_deref(), Some("A remark"));
                let cover = tags.cover.unwrap();
                assert_eq!(
                    cover.bytes(),
                    [0xff, 0xd8, 0xff, 0xe0, 0xff, 0, 0xff, 0xe0, 1]
                );
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn damaged_tags_do_not_panic(
            which in 0..3usize,
            at in 0..400usize,
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..8),
            cut in 0..400usize,
        ) {
            let version = [Version::Id3v22, Version::Id3v23, Version::Id3v24][which];
            let mut damaged = tag(version, at % 2 == 0);
            for (slot, byte) in damaged.iter_mut().skip(at).zip(bytes) {
                *slot = byte;
            }
            damaged.truncate(damaged.len().saturating_sub(cut));
            let _ = all(&damaged);
        }
    }
}
