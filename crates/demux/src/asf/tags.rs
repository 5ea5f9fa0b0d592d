//! Tags and markers (Advanced Systems Format specification, 3.7, 3.10, 3.11, 4.7 and 4.8).

use std::time::Duration;

use tonearm_media_core::tags::{MAX_TEXT, put, put_year};
use tonearm_media_core::{Chapter, Cover, Tags};

use crate::byte_cursor::ByteCursor;

/// Texts of the Content Description Object: title, author, copyright, description, rating.
pub(super) fn description(body: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut read = || {
        let mut cursor = ByteCursor::new(body);
        let mut lengths = [0; 5];
        for length in &mut lengths {
            *length = cursor.le16()?;
        }
        for (number, length) in lengths.into_iter().enumerate() {
            let text = text(cursor.take(length.into())?);
            match number {
                0 => put(&mut tags.title, &text),
                1 => put(&mut tags.artist, &text),
                3 => put(&mut tags.comment, &text),
                _ => {}
            }
        }
        Some(())
    };
    let _ = read();
    tags
}

/// The entries of the Extended Content Description Object.
pub(super) fn extended(body: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut read = || {
        let mut cursor = ByteCursor::new(body);
        for _ in 0..cursor.le16()? {
            let length = cursor.le16()?;
            let name = cursor.take(length.into())?;
            let (kind, length) = (cursor.le16()?, cursor.le16()?);
            entry(&mut tags, name, kind, cursor.take(length.into())?);
        }
        Some(())
    };
    let _ = read();
    tags
}

/// The entries of the Metadata Object and the Metadata Library Object.
pub(super) fn metadata(body: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut read = || {
        let mut cursor = ByteCursor::new(body);
        for _ in 0..cursor.le16()? {
            let (_language, _stream) = (cursor.le16()?, cursor.le16()?);
            let (name, kind, length) = (cursor.le16()?, cursor.le16()?, cursor.le32()?);
            let name = cursor.take(name.into())?;
            let value = cursor.take(usize::try_from(length).ok()?)?;
            entry(&mut tags, name, kind, value);
        }
        Some(())
    };
    let _ = read();
    tags
}

/// The markers of the Marker Object, at their presentation times.
pub(super) fn markers(body: &[u8]) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    let mut read = || {
        let mut cursor = ByteCursor::new(body);
        let _reserved = cursor.take(16)?;
        let count = usize::try_from(cursor.le32()?).ok()?;
        let _reserved = cursor.le16()?;
        let name = cursor.le16()?;
        cursor.take(name.into())?;
        for _ in 0..count.min(Chapter::MAX) {
            let _offset = cursor.le64()?;
            let time = cursor.le64()?;
            // Length of the entry, send time, flags.
            cursor.take(10)?;
            let units = usize::try_from(cursor.le32()?).ok()?;
            let title = text(cursor.take(units.checked_mul(2)?)?);
            let start = Duration::from_nanos(time.saturating_mul(100));
            chapters.push(Chapter::new(start, None, &title));
        }
        Some(())
    };
    let _ = read();
    chapters
}

/// Types of values.
const TEXT: u16 = 0;
const BYTES: u16 = 1;

fn entry(tags: &mut Tags, name: &[u8], kind: u16, value: &[u8]) {
    let name = text(name);
    if kind == BYTES && name == "WM/Picture" {
        let cover = picture(value);
        tags.cover = tags.cover.take().or(cover);
    }
    if kind != TEXT {
        return;
    }
    let value = text(value);
    match name.as_str() {
        "Title" | "WM/Title" => put(&mut tags.title, &value),
        "Author" => put(&mut tags.artist, &value),
        "WM/AlbumTitle" => put(&mut tags.album, &value),
        // The second is what ffmpeg writes.
        "WM/Year" | "date" => put_year(&mut tags.year, &value),
        "Description" => put(&mut tags.comment, &value),
        _ => {}
    }
}

/// The image of a picture: type, length, media type, description, image.
fn picture(value: &[u8]) -> Option<Cover> {
    let mut cursor = ByteCursor::new(value);
    let _type = cursor.u8()?;
    let length = usize::try_from(cursor.le32()?).ok()?;
    for _ in 0..2 {
        while cursor.le16()? != 0 {}
    }
    Cover::new(cursor.take(length)?.to_vec())
}

/// A text in UTF-16, up to its first zero. Longer texts than tags may have are cut.
pub(super) fn text(bytes: &[u8]) -> String {
    let max = usize::try_from(MAX_TEXT).unwrap_or(usize::MAX);
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
    let units = units.take(max).take_while(|&unit| unit != 0);
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        let units = text.encode_utf16().chain([0]);
        units.flat_map(u16::to_le_bytes).collect()
    }

    fn le16(length: usize) -> [u8; 2] {
        (length as u16).to_le_bytes()
    }

    #[test]
    fn a_description_has_title_artist_and_comment() {
        let texts = ["Lied", "Äöü", "©", "Notiz", ""].map(utf16);
        let mut body: Vec<u8> = texts.iter().flat_map(|text| le16(text.len())).collect();
        body.extend(texts.concat());
        let tags = description(&body);
        assert_eq!(tags.title.as_deref(), Some("Lied"));
        assert_eq!(tags.artist.as_deref(), Some("Äöü"));
        assert_eq!(tags.comment.as_deref(), Some("Notiz"));
        // One that is cut off keeps what it has.
        let tags = description(&body[..body.len() - 4]);
        assert_eq!(tags.title.as_deref(), Some("Lied"));
    }

    #[test]
    fn entries_have_album_year_and_cover() {
        let png = b"\x89PNG\r\n\x1a\n image";
        let mut picture = vec![3];
        picture.extend((png.len() as u32).to_le_bytes());
        picture.extend([utf16("image/png"), utf16("Front"), png.to_vec()].concat());
        let entries = [
            ("WM/AlbumTitle", TEXT, utf16("Album")),
            ("WM/Year", TEXT, utf16("1999")),
            ("WM/Picture", BYTES, picture),
            ("WM/Location", TEXT, utf16("52.5,13.4")),
        ];
        let (mut extended_body, mut metadata_body) = (le16(4).to_vec(), le16(4).to_vec());
        for (name, kind, value) in &entries {
            let name = utf16(name);
            extended_body.extend(le16(name.len()));
            extended_body.extend(&name);
            extended_body.extend(kind.to_le_bytes());
            extended_body.extend(le16(value.len()));
            extended_body.extend(value);
            metadata_body.extend([0; 4]);
            metadata_body.extend(le16(name.len()));
            metadata_body.extend(kind.to_le_bytes());
            metadata_body.extend((value.len() as u32).to_le_bytes());
            metadata_body.extend(&name);
            metadata_body.extend(value);
        }
        for tags in [extended(&extended_body), metadata(&metadata_body)] {
            assert_eq!(tags.album.as_deref(), Some("Album"));
            assert_eq!(tags.year, Some(1999));
            assert_eq!(tags.cover.unwrap().bytes(), png);
        }
    }
}
