//! The ID3v2.4 tag in front of the MP3.

use std::time::Duration;

use id3::frame::ExtendedText;
use id3::{Encoder, Tag, TagLike, Version};

use crate::error::{MediaError, Result};
use crate::source::Tags;

/// Bytes kept free for the length, which is known at the end: the largest frame
/// of it is 10 bytes of header, 1 of encoding, 20 digits and a zero.
const ROOM: usize = 32;
/// Longest text that is written, in characters: names can be as long as a file
/// system allows, and titles as long as a file says.
const MAX_TEXT: usize = 250;

/// A tag whose size does not change when the length becomes known.
pub(crate) struct Id3 {
    tag: Tag,
    size: usize,
}

impl Id3 {
    /// From what the source says of itself, the name of the uploaded file, and
    /// the encoder's name.
    ///
    /// The title is the file's own, else the name without its extension.
    pub(crate) fn new(tags: &Tags, source_name: Option<&str>, encoder: &str) -> Result<Self> {
        let mut tag = Tag::new();
        let name = source_name.map(clean).filter(|name| !name.is_empty());
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
        if let Some(name) = name {
            tag.set_text("TOFN", name.clone());
            tag.add_frame(ExtendedText {
                description: "source".to_owned(),
                value: name,
            });
        }
        tag.set_text("TSSE", clean(encoder));
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

/// A text without control characters and of a reasonable length.
fn clean(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MAX_TEXT)
        .collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_fits_into_the_room_left_for_it() {
        let tags = Tags {
            artist: Some("Ärzte \u{0}\n".to_owned()),
            ..Tags::default()
        };
        let mut id3 = Id3::new(&tags, Some("My talk.v2.mp4"), "LAME").unwrap();
        let before = id3.bytes(None).unwrap();
        let after = id3.bytes(Some(Duration::from_millis(u64::MAX))).unwrap();
        assert_eq!(before.len(), after.len());
        let read = Tag::read_from2(std::io::Cursor::new(&after)).unwrap();
        assert_eq!(read.title(), Some("My talk.v2"));
        assert_eq!(read.artist(), Some("Ärzte"));
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
    fn a_file_of_the_longest_name_stays_far_below_64_kib() {
        let long = "𝄞".repeat(100_000);
        let tags = Tags {
            title: Some(long.clone()),
            artist: Some(long.clone()),
            album: Some(long.clone()),
        };
        let bytes = Id3::new(&tags, Some(&long), &long)
            .unwrap()
            .bytes(None)
            .unwrap();
        assert!(bytes.len() < 8 << 10, "{}", bytes.len());
    }
}
