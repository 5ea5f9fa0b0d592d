//! The ID3v2.4 tag in front of the MP3.

use std::time::Duration;

use id3::frame::{Comment, ExtendedText, Picture, PictureType};
use id3::{Encoder, Tag, TagLike, Version};

use crate::error::{MediaError, Result};
use crate::metadata::Tags;

/// Bytes kept free for the length, which is known at the end: the largest frame
/// of it is 10 bytes of header, 1 of encoding, 20 digits and a zero.
const ROOM: usize = 32;
/// Longest text that is written, in characters: names can be as long as a file
/// system allows, and titles as long as a file says.
const MAX_TEXT: usize = 250;
/// The same of a comment.
const MAX_COMMENT: usize = 2000;

/// What is written into the new file's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagOptions {
    /// What it says in place of the source's own words.
    pub tags: Tags,
    /// Whether the source's cover goes into it.
    pub cover: bool,
    /// Name of the uploaded file: the tag's original file name, and its title
    /// (without the extension) where there is no other.
    pub source_name: Option<String>,
}

impl TagOptions {
    /// All that the source says, and no more.
    pub const PLAIN: Self = Self {
        tags: Tags::NONE,
        cover: true,
        source_name: None,
    };
}

/// A tag whose size does not change when the length becomes known.
pub(crate) struct Id3 {
    tag: Tag,
    size: usize,
}

impl Id3 {
    /// From what is asked for, what the source says of itself, and the
    /// encoder's name, where there is one.
    ///
    /// The title is the file's own, else the name without its extension.
    pub(crate) fn new(options: &TagOptions, source: Tags, encoder: Option<&str>) -> Result<Self> {
        let mut tags = options.tags.clone().or(source);
        tags.cover = tags.cover.filter(|_| options.cover);
        let mut tag = Tag::new();
        let clean = |text: &str| clean(text, MAX_TEXT);
        let name = options.source_name.as_deref().map(clean);
        let name = name.filter(|name| !name.is_empty());
        let stem = name.as_deref().map(|name| match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => name.to_owned(),
        });
        if let Some(title) = tags.title.as_deref().map(clean).or(stem) {
            tag.set_title(title);
        }
        if let Some(artist) = &tags.artist {
            tag.set_artist(clean(artist));
        }
        if let Some(album) = &tags.album {
            tag.set_album(clean(album));
        }
        if let Some(year) = tags.year {
            tag.set_text("TDRC", format!("{year:04}"));
        }
        if let Some(comment) = &tags.comment {
            tag.add_frame(Comment {
                // Not known.
                lang: "und".to_owned(),
                description: String::new(),
                text: self::clean(comment, MAX_COMMENT),
            });
        }
        if let Some(name) = name {
            tag.set_text("TOFN", name.clone());
            tag.add_frame(ExtendedText {
                description: "source".to_owned(),
                value: name,
            });
        }
        if let Some(encoder) = encoder {
            tag.set_text("TSSE", clean(encoder));
        }
        if let Some(cover) = &tags.cover {
            tag.add_frame(Picture {
                mime_type: cover.media_type().to_owned(),
                picture_type: PictureType::CoverFront,
                description: String::new(),
                data: cover.bytes().to_vec(),
            });
        }
        let mut id3 = Self { tag, size: 0 };
        id3.size = id3.write(0)?.len() + ROOM;
        Ok(id3)
    }

    /// The tag as bytes, with the length of the sound where it is known.
    /// Always of the same size.
    pub(crate) fn bytes(&mut self, length: Option<Duration>) -> Result<Vec<u8>> {
        if let Some(length) = length {
            self.tag.set_text("TLEN", length.as_millis().to_string());
        }
        let plain = self.write(0)?.len();
        self.write(self.size.saturating_sub(plain))
    }

    /// What of the tag changes with the length of the sound, which is its end,
    /// and where that lies.
    pub(crate) fn end(&mut self, length: Duration) -> Result<(u64, Vec<u8>)> {
        let mut bytes = self.bytes(Some(length))?;
        // Frames are written in the order in which they were set, so that all
        // before this one is as it was.
        let offset = (self.size - ROOM).min(bytes.len());
        Ok((offset as u64, bytes.split_off(offset)))
    }

    fn write(&self, padding: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Encoder::new()
            .version(Version::Id3v24)
            .padding(padding)
            .encode(&self.tag, &mut bytes)
            .map_err(|error| MediaError::Write(std::io::Error::other(error)))?;
        Ok(bytes)
    }
}

/// A text with spaces for control characters and of a reasonable length.
fn clean(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(most)
        .collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Cover;

    fn named(name: &str) -> TagOptions {
        TagOptions {
            source_name: Some(name.to_owned()),
            ..TagOptions::PLAIN
        }
    }

    /// The tag with its length, as it lies in the file at the end.
    fn finished(id3: &mut Id3, length: Duration) -> Tag {
        let mut bytes = id3.bytes(None).unwrap();
        let (offset, end) = id3.end(length).unwrap();
        let offset = offset as usize;
        assert_eq!(offset + end.len(), bytes.len());
        bytes[offset..].copy_from_slice(&end);
        Tag::read_from2(std::io::Cursor::new(&bytes)).unwrap()
    }

    #[test]
    fn the_length_fits_into_the_room_left_for_it() {
        let source = Tags {
            artist: Some("Ärzte \u{0}\n".to_owned()),
            year: Some(1999),
            comment: Some("Two\nlines".to_owned()),
            cover: Cover::new(vec![0xff, 0xd8, 0xff, 0xe0]),
            ..Tags::default()
        };
        let mut id3 = Id3::new(&named("My talk.v2.mp4"), source, Some("LAME")).unwrap();
        let read = finished(&mut id3, Duration::from_millis(u64::MAX));
        assert_eq!(read.title(), Some("My talk.v2"));
        assert_eq!(read.artist(), Some("Ärzte"));
        assert_eq!(read.date_recorded().map(|date| date.year), Some(1999));
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
        let source = read.extended_texts().next().unwrap();
        assert_eq!(
            (source.description.as_str(), source.value.as_str()),
            ("source", "My talk.v2.mp4")
        );
    }

    #[test]
    fn what_is_asked_for_goes_before_what_the_source_says() {
        let text = |text: &str| Some(text.to_owned());
        let source = Tags {
            title: text("theirs"),
            artist: text("theirs"),
            cover: Cover::new(vec![0xff, 0xd8, 0xff, 0xe0]),
            ..Tags::default()
        };
        let options = TagOptions {
            tags: Tags {
                title: text("ours"),
                ..Tags::default()
            },
            cover: false,
            ..named("name.mp4")
        };
        let mut id3 = Id3::new(&options, source, None).unwrap();
        let read = finished(&mut id3, Duration::from_secs(1));
        assert_eq!(
            (read.title(), read.artist()),
            (Some("ours"), Some("theirs"))
        );
        assert_eq!(read.pictures().count(), 0);
    }

    #[test]
    fn texts_of_any_length_stay_far_below_64_kib() {
        let long = "𝄞".repeat(100_000);
        let tags = Tags {
            title: Some(long.clone()),
            artist: Some(long.clone()),
            album: Some(long.clone()),
            comment: Some(long.clone()),
            ..Tags::default()
        };
        let bytes = Id3::new(&named(&long), tags, Some(&long))
            .unwrap()
            .bytes(None)
            .unwrap();
        assert!(bytes.len() < 16 << 10, "{}", bytes.len());
    }
}
