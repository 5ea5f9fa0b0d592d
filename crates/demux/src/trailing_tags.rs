//! Tags at the end of a file: APEv2 (Hydrogenaudio, "APEv2 specification") and ID3v1
//! (id3.org).

use tonearm_media_core::tags::{Cover, put, put_year};
use tonearm_media_core::{Input, Result, Tags};

use crate::id3v2;

/// Bytes of the header and of the footer of APEv2.
const APE_FOOTER: u64 = 32;
/// Bytes of ID3v1.
const ID3V1: u64 = 128;
/// Maximum number of items of a tag.
const MAX_ITEMS: usize = 1000;

/// Reads ID3v2 tags before `start`, and the tags at the end of the file. For each field the
/// first of ID3v2, APEv2 and ID3v1 that has it wins.
pub(crate) fn read(input: &mut Input, start: u64) -> Result<Tags> {
    let leading = id3v2::read(input, start)?;
    let mut end = input.len();
    let old = input.peek(end.saturating_sub(ID3V1), ID3V1 as usize)?;
    let old = id3v1(&old);
    if old.is_some() {
        end -= ID3V1;
    }
    Ok(leading.or(ape(input, end)?).or(old.unwrap_or_default()))
}

/// Reads an APEv2 tag that ends at `end`.
fn ape(input: &mut Input, end: u64) -> Result<Tags> {
    let at = end.saturating_sub(APE_FOOTER);
    let footer = input.peek(at, APE_FOOTER as usize)?;
    let size = footer.get(12..16).and_then(<[u8]>::first_chunk);
    let size = u64::from(size.map_or(0, |&size| u32::from_le_bytes(size)));
    // The size includes the footer, not the header.
    let items = size.saturating_sub(APE_FOOTER);
    let is_tag = footer.starts_with(b"APETAGEX") && items <= id3v2::MAX_TAGS && items <= at;
    if !is_tag {
        return Ok(Tags::NONE);
    }
    Ok(self::items(
        &input.peek(at - items, usize::try_from(items).unwrap_or(0))?,
    ))
}

/// Parses items: sizes, flags, a zero-terminated name, and the value.
fn items(mut bytes: &[u8]) -> Tags {
    let mut tags = Tags::default();
    for _ in 0..MAX_ITEMS {
        let Some((&[s0, s1, s2, s3, flags, _, _, _], rest)) = bytes.split_first_chunk() else {
            break;
        };
        let Some(name_length) = rest.iter().position(|&byte| byte == 0) else {
            break;
        };
        let (name, rest) = rest.split_at(name_length);
        let size = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).unwrap_or(usize::MAX);
        let Some((value, after)) = rest.get(1..).and_then(|rest| rest.split_at_checked(size))
        else {
            break;
        };
        put_item(&mut tags, name, value, flags >> 1 & 3);
        bytes = after;
    }
    tags
}

/// Stores a value: text (0), or binary (1).
fn put_item(tags: &mut Tags, name: &[u8], value: &[u8], kind: u8) {
    let name = name.to_ascii_lowercase();
    if kind == 1 {
        if name.starts_with(b"cover art") && tags.cover.is_none() {
            // The name of the file precedes the image.
            let image = value.splitn(2, |&byte| byte == 0).nth(1);
            tags.cover = image.and_then(|image| Cover::new(image.to_vec()));
        }
        return;
    }
    // Zeros separate several values. Version 1 of the tag has no defined charset.
    let first = value.split(|&byte| byte == 0).next().unwrap_or_default();
    let Ok(text) = std::str::from_utf8(first) else {
        return;
    };
    match name.as_slice() {
        b"title" => put(&mut tags.title, text),
        b"artist" => put(&mut tags.artist, text),
        b"album" => put(&mut tags.album, text),
        b"comment" => put(&mut tags.comment, text),
        b"year" | b"date" => put_year(&mut tags.year, text),
        _ => {}
    }
}

/// Parses an ID3v1 tag. Its charset is not defined, so that only ASCII and UTF-8 are
/// certain.
fn id3v1(bytes: &[u8]) -> Option<Tags> {
    let fields = bytes.strip_prefix(b"TAG")?;
    if bytes.len() as u64 != ID3V1 {
        return None;
    }
    let text = |from: usize, length: usize| {
        let bytes = fields.get(from..from + length)?;
        let text = bytes.split(|&byte| byte == 0).next()?;
        std::str::from_utf8(text).ok()
    };
    let mut tags = Tags::default();
    put(&mut tags.title, text(0, 30).unwrap_or_default());
    put(&mut tags.artist, text(30, 30).unwrap_or_default());
    put(&mut tags.album, text(60, 30).unwrap_or_default());
    put_year(&mut tags.year, text(90, 4).unwrap_or_default());
    put(&mut tags.comment, text(94, 30).unwrap_or_default());
    Some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn item(name: &str, value: &[u8], flags: u8) -> Vec<u8> {
        let mut bytes = (value.len() as u32).to_le_bytes().to_vec();
        bytes.extend([flags, 0, 0, 0]);
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.extend(value);
        bytes
    }

    fn ape_tag(items: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = items.concat();
        let size = bytes.len() as u32 + 32;
        bytes.extend(b"APETAGEX");
        for number in [2000, size, items.len() as u32, 0, 0, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    fn old_tag(title: &str, comment: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes[..3].copy_from_slice(b"TAG");
        bytes[3..3 + title.len()].copy_from_slice(title.as_bytes());
        bytes[93..97].copy_from_slice(b"1999");
        bytes[97..97 + comment.len()].copy_from_slice(comment);
        bytes
    }

    fn tags(parts: &[&[u8]]) -> Tags {
        read(&mut Input::new(Cursor::new(parts.concat())).unwrap(), 0).unwrap()
    }

    #[test]
    fn ape_tags_are_read_before_an_old_tag() {
        let image = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 1];
        let cover = [b"front.png\0".as_slice(), &image].concat();
        let ape = ape_tag(&[
            item("TITLE", "Übung\0second".as_bytes(), 0),
            item("Cover Art (Front)", &cover, 2),
            item("Artist", &[0xff], 0),
        ]);
        let old = old_tag("Short title", b"A remark");
        let found = tags(&[b"audio", &ape, &old]);
        assert_eq!(found.title.as_deref(), Some("Übung"));
        assert_eq!(found.artist, None);
        assert_eq!(found.year, Some(1999));
        assert_eq!(found.comment.as_deref(), Some("A remark"));
        assert_eq!(found.cover.unwrap().bytes(), image);
        assert_eq!(tags(&[b"audio", &ape]).title.as_deref(), Some("Übung"));
    }

    #[test]
    fn an_old_tag_in_an_unknown_charset_is_left_out() {
        let found = tags(&[b"audio", &old_tag("Title", &[0xdc, b'b'])]);
        assert_eq!(found.title.as_deref(), Some("Title"));
        assert_eq!(found.comment, None);
    }

    #[test]
    fn damaged_tags_are_ignored() {
        let whole = ape_tag(&[item("Title", b"A", 0)]);
        for (at, value) in [(0, 200), (8, b'x'), (8 + 5, 1), (whole.len() - 20, 255)] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let _ = tags(&[&damaged]);
        }
        for length in 0..whole.len() {
            let _ = tags(&[&whole[whole.len() - length..]]);
        }
        assert_eq!(tags(&[b"audio"]), Tags::NONE);
    }
}
