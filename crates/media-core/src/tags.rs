//! What a file says about itself: texts and a picture for the new file's tag.

use std::sync::Arc;

/// What the file says about itself, where it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title of the work.
    pub title: Option<String>,
    /// Who made it.
    pub artist: Option<String>,
    /// What it is part of.
    pub album: Option<String>,
    /// When it was made.
    pub year: Option<u16>,
    /// A remark.
    pub comment: Option<String>,
    /// The picture on its cover.
    pub cover: Option<Cover>,
}

impl Tags {
    /// No word about anything.
    pub const NONE: Self = Self {
        title: None,
        artist: None,
        album: None,
        year: None,
        comment: None,
        cover: None,
    };

    /// These, and where one is missing, the other's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            artist: self.artist.or(other.artist),
            album: self.album.or(other.album),
            year: self.year.or(other.year),
            comment: self.comment.or(other.comment),
            cover: self.cover.or(other.cover),
        }
    }
}

/// Kinds of pictures that every player shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    Jpeg,
    Png,
}

/// Cover art: a JPEG or PNG picture of at most [`Cover::MAX_BYTES`].
#[derive(Clone, PartialEq, Eq)]
pub struct Cover {
    kind: Picture,
    bytes: Arc<[u8]>,
}

impl Cover {
    /// Most bytes of a picture; a larger one is left out. It lies in memory as
    /// long as the conversion lasts, and in front of the sound in the new file.
    pub const MAX_BYTES: u64 = 2 << 20;

    /// Takes a picture, if it is one by its first bytes and small enough.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let kind = match bytes.as_slice() {
            _ if bytes.len() as u64 > Self::MAX_BYTES => return None,
            [0xff, 0xd8, 0xff, ..] => Picture::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Picture::Png,
            _ => return None,
        };
        Some(Self {
            kind,
            bytes: bytes.into(),
        })
    }

    /// The picture.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self.kind {
            Picture::Jpeg => "image/jpeg",
            Picture::Png => "image/png",
        }
    }
}

impl std::fmt::Debug for Cover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cover({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

/// Longest text that is taken from a file, in bytes; longer ones are no titles.
pub const MAX_TEXT: u64 = 4 << 10;

/// Puts a text into its place, if that is free and the text is of any use.
pub fn put(slot: &mut Option<String>, text: &str) {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0');
    if slot.is_none() && !text.is_empty() && text.len() as u64 <= MAX_TEXT {
        *slot = Some(text.to_owned());
    }
}

/// Puts the year of a date into its place: "1999", "1999-12-31T…", "31.12.1999".
pub fn put_year(slot: &mut Option<u16>, date: &str) {
    let mut numbers = date.split(|letter: char| !letter.is_ascii_digit());
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
    fn a_cover_is_a_picture_by_its_first_bytes_and_small() {
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
