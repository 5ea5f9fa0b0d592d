//! The ID3v2.3 tag in front of an MP3. More readers support this version than 2.4.

use std::time::Duration;

use id3::frame::{Comment, ExtendedText, Picture, PictureType};
use id3::{Encoder, Encoding, Frame, Tag, TagLike, Version};

use crate::id3_chapters::{self, ChapterMark};

/// Bytes reserved for the frame with the duration, which is known last: 10 bytes of header,
/// 1 of encoding, at most 20 digits and a zero.
const DURATION_ROOM: usize = 32;
/// Most characters of a text. File names can be as long as the file system allows, and
/// titles as long as the source has them.
const MAX_TEXT: usize = 250;
/// Most characters of a comment.
const MAX_COMMENT: usize = 2000;

/// What a tag contains. Control characters become spaces, and long texts are shortened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Id3Fields<'a> {
    /// Without one, the title is `source_name` without its extension.
    pub title: Option<&'a str>,
    /// Lead performer.
    pub artist: Option<&'a str>,
    /// Title of the album.
    pub album: Option<&'a str>,
    /// Year of the recording.
    pub year: Option<u16>,
    /// A comment in no particular language.
    pub comment: Option<&'a str>,
    /// Chapters, in order.
    pub chapters: &'a [ChapterMark<'a>],
    /// The front cover.
    pub cover: Option<CoverArt<'a>>,
    /// Name of the file that the MP3 was made from.
    pub source_name: Option<&'a str>,
    /// Name of the encoder.
    pub encoder: Option<&'a str>,
}

/// A picture.
#[derive(Clone, Copy, Debug)]
pub struct CoverArt<'a> {
    /// "image/jpeg" or "image/png".
    pub media_type: &'a str,
    /// The picture's file.
    pub bytes: &'a [u8],
}

/// The tag could not be encoded.
#[derive(Debug, thiserror::Error)]
#[error("the ID3 tag could not be encoded")]
pub struct Id3Error(#[from] id3::Error);

/// A tag whose size does not change when the duration becomes known.
pub struct Id3Tag {
    tag: Tag,
    size: usize,
}

impl Id3Tag {
    /// Creates a tag without a duration.
    ///
    /// # Errors
    /// [`Id3Error`].
    pub fn new(fields: &Id3Fields<'_>) -> Result<Self, Id3Error> {
        let mut tag = Tag::new();
        let clean = |text: &str| clean(text, MAX_TEXT);
        let name = fields.source_name.map(clean);
        let name = name.filter(|name| !name.is_empty());
        let stem = name.as_deref().map(|name| match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => name.to_owned(),
        });
        let mut set = |id: &str, text: String| {
            tag.add_frame(text_frame(id, text));
        };
        if let Some(title) = fields.title.map(clean).or(stem) {
            set("TIT2", title);
        }
        if let Some(artist) = fields.artist {
            set("TPE1", clean(artist));
        }
        if let Some(album) = fields.album {
            set("TALB", clean(album));
        }
        if let Some(year) = fields.year {
            set("TYER", format!("{year:04}"));
        }
        if let Some(name) = &name {
            set("TOFN", name.clone());
        }
        if let Some(encoder) = fields.encoder {
            set("TSSE", clean(encoder));
        }
        if let Some(comment) = fields.comment {
            let text = self::clean(comment, MAX_COMMENT);
            let encoding = encoding_of(&text);
            let comment = Comment {
                // ISO 639-2: undetermined.
                lang: "und".to_owned(),
                description: String::new(),
                text,
            };
            tag.add_frame(Frame::from(comment).set_encoding(Some(encoding)));
        }
        if let Some(name) = name {
            let encoding = encoding_of(&name);
            let source = ExtendedText {
                description: "source".to_owned(),
                value: name,
            };
            tag.add_frame(Frame::from(source).set_encoding(Some(encoding)));
        }
        for frame in id3_chapters::frames(fields.chapters) {
            tag.add_frame(frame);
        }
        if let Some(cover) = fields.cover {
            let picture = Picture {
                mime_type: cover.media_type.to_owned(),
                picture_type: PictureType::CoverFront,
                description: String::new(),
                data: cover.bytes.to_vec(),
            };
            tag.add_frame(Frame::from(picture).set_encoding(Some(Encoding::Latin1)));
        }
        let mut id3 = Self { tag, size: 0 };
        id3.size = id3.encode(0)?.len() + DURATION_ROOM;
        Ok(id3)
    }

    /// The tag as bytes, with the duration of the audio where it is known. The size is
    /// always the same.
    ///
    /// # Errors
    /// [`Id3Error`].
    pub fn bytes(&mut self, duration: Option<Duration>) -> Result<Vec<u8>, Id3Error> {
        if let Some(duration) = duration {
            let milliseconds = duration.as_millis().to_string();
            self.tag.add_frame(text_frame("TLEN", milliseconds));
        }
        let unpadded = self.encode(0)?.len();
        self.encode(self.size.saturating_sub(unpadded))
    }

    /// The end of the tag, which is all that changes with the duration, and its offset in
    /// bytes.
    ///
    /// # Errors
    /// [`Id3Error`].
    pub fn end(&mut self, duration: Duration) -> Result<(u64, Vec<u8>), Id3Error> {
        let mut bytes = self.bytes(Some(duration))?;
        // Frames are written in the order in which they were set, and the duration was set
        // last.
        let offset = (self.size - DURATION_ROOM).min(bytes.len());
        Ok((offset as u64, bytes.split_off(offset)))
    }

    fn encode(&self, padding: usize) -> Result<Vec<u8>, Id3Error> {
        let mut bytes = Vec::new();
        Encoder::new()
            .version(Version::Id3v23)
            .padding(padding)
            .encode(&self.tag, &mut bytes)?;
        Ok(bytes)
    }
}

/// A text frame. Texts in ASCII are Latin-1, which every reader supports; others are
/// UTF-16, since version 2.3 has no UTF-8.
pub(crate) fn text_frame(id: &str, text: String) -> Frame {
    let encoding = encoding_of(&text);
    Frame::text(id, text).set_encoding(Some(encoding))
}

fn encoding_of(text: &str) -> Encoding {
    match text.is_ascii() {
        true => Encoding::Latin1,
        false => Encoding::UTF16,
    }
}

/// Replaces control characters by spaces and shortens a text.
pub(crate) fn clean(text: &str, max_chars: usize) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(max_chars)
        .collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tag as a player reads it from the finished file.
    fn finished(id3: &mut Id3Tag, duration: Duration) -> Tag {
        let mut bytes = id3.bytes(None).unwrap();
        let (offset, end) = id3.end(duration).unwrap();
        let offset = offset as usize;
        assert_eq!(offset + end.len(), bytes.len());
        bytes[offset..].copy_from_slice(&end);
        Tag::read_from2(std::io::Cursor::new(&bytes)).unwrap()
    }

    #[test]
    fn the_duration_fits_into_the_room_left_for_it() {
        let fields = Id3Fields {
            artist: Some("Ärzte \u{0}\n"),
            year: Some(1999),
            comment: Some("Two\nlines"),
            cover: Some(CoverArt {
                media_type: "image/jpeg",
                bytes: &[0xff, 0xd8, 0xff, 0xe0],
            }),
            source_name: Some("My talk.v2.mp4"),
            encoder: Some("LAME"),
            ..Id3Fields::default()
        };
        let mut id3 = Id3Tag::new(&fields).unwrap();
        let read = finished(&mut id3, Duration::from_millis(u64::MAX));
        assert_eq!(read.title(), Some("My talk.v2"));
        assert_eq!(read.artist(), Some("Ärzte"));
        assert_eq!(read.year(), Some(1999));
        let comment = read.comments().next().unwrap();
        assert_eq!(comment.text, "Two lines");
        let picture = read.pictures().next().unwrap();
        assert_eq!(picture.mime_type, "image/jpeg");
        assert_eq!(picture.data, [0xff, 0xd8, 0xff, 0xe0]);
        let text = |id: &str| {
            read.get(id)
                .and_then(|frame| frame.content().text().map(str::to_owned))
        };
        assert_eq!(text("TLEN").as_deref(), Some("18446744073709551615"));
        assert_eq!(text("TOFN").as_deref(), Some("My talk.v2.mp4"));
        assert_eq!(text("TSSE").as_deref(), Some("LAME"));
        let source = read.extended_texts().next().unwrap();
        assert_eq!(
            (source.description.as_str(), source.value.as_str()),
            ("source", "My talk.v2.mp4")
        );
    }

    #[test]
    fn the_tag_is_version_2_3_with_latin_1_for_ascii_and_utf_16_for_the_rest() {
        let fields = Id3Fields {
            title: Some("Plain"),
            artist: Some("Ä"),
            year: Some(877),
            ..Id3Fields::default()
        };
        let bytes = Id3Tag::new(&fields).unwrap().bytes(None).unwrap();
        assert_eq!(bytes[..5], *b"ID3\x03\0");
        let has = |frame: &[u8]| bytes.windows(frame.len()).any(|part| part == frame);
        assert!(has(b"TIT2\0\0\0\x06\0\0\0Plain"));
        assert!(has(b"TPE1\0\0\0\x05\0\0\x01\xff\xfe\xc4\0"));
        assert!(has(b"TYER\0\0\0\x05\0\0\x000877"));
    }

    #[test]
    fn texts_of_any_length_stay_far_below_64_kib() {
        let long = "𝄞".repeat(100_000);
        let fields = Id3Fields {
            title: Some(&long),
            artist: Some(&long),
            album: Some(&long),
            comment: Some(&long),
            source_name: Some(&long),
            encoder: Some(&long),
            ..Id3Fields::default()
        };
        let bytes = Id3Tag::new(&fields).unwrap().bytes(None).unwrap();
        assert!(bytes.len() < 16 << 10, "{}", bytes.len());
    }
}
