//! Metadata of a file: texts and cover art for the tag of the MP3.

use std::sync::Arc;

use crate::chapters::Chapter;
use crate::{location, picture};

/// Metadata of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title.
    pub title: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Album.
    pub album: Option<String>,
    /// Year of release.
    pub year: Option<u16>,
    /// Comment.
    pub comment: Option<String>,
    /// Cover art.
    pub cover: Option<Cover>,
    /// Chapters, at most [`Chapter::MAX`].
    pub chapters: Vec<Chapter>,
}

impl Tags {
    /// No metadata.
    pub const NONE: Self = Self {
        title: None,
        artist: None,
        album: None,
        year: None,
        comment: None,
        cover: None,
        chapters: Vec::new(),
    };

    /// Fills missing fields from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            artist: self.artist.or(other.artist),
            album: self.album.or(other.album),
            year: self.year.or(other.year),
            comment: self.comment.or(other.comment),
            cover: self.cover.or(other.cover),
            chapters: match self.chapters.is_empty() {
                true => other.chapters,
                false => self.chapters,
            },
        }
    }
}

/// Image formats that every player supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ImageFormat {
    Jpeg,
    Png,
}

/// Cover art: a JPEG or PNG image of at most [`Cover::MAX_BYTES`].
#[derive(Clone, PartialEq, Eq)]
pub struct Cover {
    format: ImageFormat,
    bytes: Arc<[u8]>,
}

impl Cover {
    /// Most bytes of an image; larger ones are dropped. The image stays in memory during
    /// the conversion, and it precedes the audio in the MP3.
    pub const MAX_BYTES: u64 = 2 << 20;

    /// Accepts an image with the signature of a supported format that is small enough, and
    /// removes its metadata, which may contain the position and the owner of a camera.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let format = match bytes.as_slice() {
            _ if bytes.len() as u64 > Self::MAX_BYTES => return None,
            [0xff, 0xd8, 0xff, ..] => ImageFormat::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => ImageFormat::Png,
            _ => return None,
        };
        Some(Self {
            format,
            bytes: picture::without_metadata(bytes)?.into(),
        })
    }

    /// The image file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self.format {
            ImageFormat::Jpeg => "image/jpeg",
            ImageFormat::Png => "image/png",
        }
    }
}

impl std::fmt::Debug for Cover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cover({:?}, {} bytes)", self.format, self.bytes.len())
    }
}

/// Longest text in bytes; longer ones are ignored.
pub const MAX_TEXT: u64 = 4 << 10;

/// Sets an empty `slot` to a text that is neither blank nor too long. A text that was decoded
/// wrongly in part, or that contains geographic coordinates, is left out.
pub fn put(slot: &mut Option<String>, text: &str) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let is_fine = !text.is_empty()
        && text.len() as u64 <= MAX_TEXT
        && !text.contains(char::REPLACEMENT_CHARACTER)
        && !location::is_in(text);
    if slot.is_none() && is_fine {
        *slot = Some(text.to_owned());
    }
}

/// A text on one line, of at most `max_chars` characters: control characters become
/// spaces, and characters that change the direction of what follows are removed.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let is_direction = |letter: &char| {
        matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(letter, '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let plain: String = text
        .trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control())
        .chars()
        .filter(|letter| !is_direction(letter))
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(max_chars)
        .collect();
    plain.trim().to_owned()
}

/// Sets an empty `slot` to the year of a date: "1999", "1999-12-31T…", "31.12.1999".
pub fn put_year(slot: &mut Option<u16>, date: &str) {
    let mut numbers = date.split(|c: char| !c.is_ascii_digit());
    let year = numbers.find(|digits| digits.len() == 4);
    let year = year.and_then(|digits| digits.parse().ok());
    *slot = slot.or(year.filter(|&year| year >= 1000));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_found_in_any_date() {
        for (date, expected) in [
            ("1999", Some(1999)),
            ("2004-05-01T12:00:00Z", Some(2004)),
            ("31.12.1877", Some(1877)),
            ("20040501", None),
            ("0000", None),
            ("", None),
            ("soon", None),
        ] {
            let mut slot = None;
            put_year(&mut slot, date);
            assert_eq!(slot, expected, "{date}");
        }
    }

    #[test]
    fn undecodable_texts_and_coordinates_are_left_out() {
        for (text, expected) in [
            (" A talk\0", Some("A talk")),
            ("A \u{fffd}alk", None),
            ("+37.3349-122.0090/", None),
        ] {
            let mut slot = None;
            put(&mut slot, text);
            assert_eq!(slot.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_cover_is_a_small_jpeg_or_png() {
        let jpeg = |length| {
            let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
            bytes.resize(length, 0);
            bytes
        };
        assert_eq!(Cover::new(jpeg(100)).unwrap().media_type(), "image/jpeg");
        assert!(Cover::new(jpeg(2 << 20)).is_some());
        assert!(Cover::new(jpeg((2 << 20) + 1)).is_none());
        let png = b"\x89PNG\r\n\x1a\n rest".to_vec();
        assert_eq!(Cover::new(png).unwrap().media_type(), "image/png");
        assert!(Cover::new(b"<svg/>".to_vec()).is_none());
        assert!(Cover::new(Vec::new()).is_none());
    }
}
