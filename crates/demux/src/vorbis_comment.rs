//! Vorbis comments and the pictures within them (Vorbis I specification, 5; RFC 9639, 8.8).

use tonearm_media_core::{Cover, Tags, tags::MAX_TEXT, tags::put, tags::put_year};

use crate::chapter_comments::ChapterComments;

/// Most comments that are read.
const MAX_COMMENTS: usize = 10_000;
/// The type of a picture that shows the front cover.
const FRONT_COVER: u32 = 3;

/// The names and values of a comment header, from the length of the vendor's name on. Ends at
/// the first invalid comment.
fn comments(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    let _vendor = take_text(&mut rest);
    let count = take_u32(&mut rest, u32::from_le_bytes).unwrap_or(0);
    (0..(count as usize).min(MAX_COMMENTS))
        .map_while(move |_| take_text(&mut rest))
        .filter_map(|comment| {
            let at = comment.iter().position(|&byte| byte == b'=')?;
            Some((&comment[..at], &comment[at + 1..]))
        })
}

/// Reads a comment header, from the length of the vendor's name on.
pub(crate) fn parse(bytes: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut pictures = Pictures::default();
    let mut chapters = ChapterComments::default();
    for (name, value) in comments(bytes) {
        if name.eq_ignore_ascii_case(b"METADATA_BLOCK_PICTURE") {
            pictures.add(&base64(value));
        } else if name.eq_ignore_ascii_case(b"COVERART") {
            pictures.add_image(base64(value), 0);
        } else if value.len() as u64 <= MAX_TEXT {
            let value = String::from_utf8_lossy(value);
            if !chapters.add(name, &value) {
                put_comment(&mut tags, name, &value);
            }
        }
    }
    tags.cover = pictures.cover();
    tags.chapters = chapters.finish();
    tags
}

/// The channel mask of WAVE that the comments of FLAC state (RFC 9639, 8.6.2).
pub(crate) fn channel_mask(bytes: &[u8]) -> Option<u32> {
    let mut comments = comments(bytes);
    let (_, value) = comments
        .find(|(name, _)| name.eq_ignore_ascii_case(b"WAVEFORMATEXTENSIBLE_CHANNEL_MASK"))?;
    let digits = std::str::from_utf8(value).ok()?.trim();
    let digits = digits.strip_prefix("0x").or(digits.strip_prefix("0X"))?;
    u32::from_str_radix(digits, 16).ok()
}

fn put_comment(tags: &mut Tags, name: &[u8], value: &str) {
    match name.to_ascii_uppercase().as_slice() {
        b"TITLE" => put(&mut tags.title, value),
        b"ARTIST" => put(&mut tags.artist, value),
        b"ALBUM" => put(&mut tags.album, value),
        b"COMMENT" | b"DESCRIPTION" => put(&mut tags.comment, value),
        b"DATE" | b"YEAR" | b"RELEASEDATE" | b"ORIGINALDATE" | b"ORIGINALYEAR" => {
            put_year(&mut tags.year, value);
        }
        _ => {}
    }
}

/// Selects the cover among the pictures of a file.
#[derive(Default)]
pub(crate) struct Pictures {
    cover: Option<Cover>,
    is_front: bool,
}

impl Pictures {
    /// Adds a picture block of FLAC.
    pub(crate) fn add(&mut self, block: &[u8]) {
        let mut rest = block;
        let fields = (|| {
            let kind = take_u32(&mut rest, u32::from_be_bytes)?;
            // Media type and description.
            for _ in 0..2 {
                let length = take_u32(&mut rest, u32::from_be_bytes)?;
                rest = rest.get(usize::try_from(length).ok()?..)?;
            }
            // Width, height, depth, number of colours.
            rest = rest.get(16..)?;
            let length = take_u32(&mut rest, u32::from_be_bytes)?;
            Some((kind, rest.get(..usize::try_from(length).ok()?)?))
        })();
        if let Some((kind, image)) = fields
            && image.len() as u64 <= Cover::MAX_BYTES
        {
            self.add_image(image.to_vec(), kind);
        }
    }

    fn add_image(&mut self, image: Vec<u8>, kind: u32) {
        let is_front = kind == FRONT_COVER;
        if (self.cover.is_none() || (is_front && !self.is_front))
            && let Some(cover) = Cover::new(image)
        {
            (self.cover, self.is_front) = (Some(cover), is_front);
        }
    }

    /// The front cover, else the first picture.
    pub(crate) fn cover(&self) -> Option<Cover> {
        self.cover.clone()
    }
}

fn take_u32(rest: &mut &[u8], from_bytes: fn([u8; 4]) -> u32) -> Option<u32> {
    let (&first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(from_bytes(first))
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_u32(rest, u32::from_le_bytes)?;
    let (text, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(text)
}

/// Decodes Base64 (RFC 4648) up to the first character outside its alphabet.
fn base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0u32, 0);
    for &character in text {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_mask_is_hexadecimal() {
        let mask = |value: &str| {
            let text = format!("waveformatextensible_channel_mask={value}");
            channel_mask(&header(&[text.as_bytes()]))
        };
        assert_eq!(mask("0x3F"), Some(0x3f));
        assert_eq!(mask("0X60f "), Some(0x60f));
        assert_eq!(mask("63"), None);
        assert_eq!(mask("0x"), None);
    }

    fn header(texts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = 0u32.to_le_bytes().to_vec();
        bytes.extend((texts.len() as u32).to_le_bytes());
        for text in texts {
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend_from_slice(text);
        }
        bytes
    }

    #[test]
    fn texts_are_read_by_their_names_in_any_case() {
        let tags = parse(&header(&[
            b"title=A = B",
            b"Artist=C",
            b"TITLE=later",
            b"no name",
            b"DATE=2004-05-06",
            b"DESCRIPTION=D",
        ]));
        assert_eq!(tags.title.as_deref(), Some("A = B"));
        assert_eq!(tags.artist.as_deref(), Some("C"));
        assert_eq!(tags.year, Some(2004));
        assert_eq!(tags.comment.as_deref(), Some("D"));
    }

    #[test]
    fn the_front_cover_precedes_other_pictures() {
        // Two picture blocks, of types 4 and 3, of a JPEG of 5 bytes each.
        let tags = parse(&header(&[
            b"METADATA_BLOCK_PICTURE=AAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAX/2P/gBA==",
            b"METADATA_BLOCK_PICTURE=AAAAAwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAX/2P/gAw==",
        ]));
        let cover = tags.cover.unwrap();
        assert_eq!(cover.bytes(), [0xff, 0xd8, 0xff, 0xe0, 3]);
    }

    #[test]
    fn lengths_beyond_the_header_end_the_list() {
        let mut bytes = header(&[b"TITLE=A", b"ARTIST=B"]);
        let at = bytes.len() - 12;
        bytes[at] = 0xff;
        let tags = parse(&bytes);
        assert_eq!(tags.title.as_deref(), Some("A"));
        assert_eq!(tags.artist, None);
        assert_eq!(parse(b"\xff\xff\xff\xff"), Tags::default());
    }
}
