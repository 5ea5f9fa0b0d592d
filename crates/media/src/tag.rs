//! The ID3 tag of the MP3.

use std::io;

use tonearm_mp3::{CoverArt, Id3Error, Id3Fields, Id3Tag};

use crate::error::{MediaError, Result};
use tonearm_media_core::Tags;

/// The contents of the MP3's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagOptions {
    /// Fields that take precedence over the source's.
    pub tags: Tags,
    /// Whether to include cover art.
    pub cover: bool,
    /// Name of the uploaded file: the tag's original file name and, without the extension,
    /// its default title.
    pub source_name: Option<String>,
}

impl TagOptions {
    /// The source's tags, unchanged.
    pub const PLAIN: Self = Self {
        tags: Tags::NONE,
        cover: true,
        source_name: None,
    };

    /// The tag of an MP3 made by this encoder from a source with these tags.
    pub(crate) fn id3(&self, source: Tags, encoder: Option<&str>) -> Result<Id3Tag> {
        let tags = self.tags.clone().or(source);
        let cover = tags.cover.as_ref().filter(|_| self.cover);
        let fields = Id3Fields {
            title: tags.title.as_deref(),
            artist: tags.artist.as_deref(),
            album: tags.album.as_deref(),
            year: tags.year,
            comment: tags.comment.as_deref(),
            cover: cover.map(|cover| CoverArt {
                media_type: cover.media_type(),
                bytes: cover.bytes(),
            }),
            source_name: self.source_name.as_deref(),
            encoder,
        };
        Ok(Id3Tag::new(&fields)?)
    }
}

impl From<Id3Error> for MediaError {
    fn from(error: Id3Error) -> Self {
        Self::Write(io::Error::other(error))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use id3::{Tag, TagLike};

    use super::*;
    use tonearm_media_core::Cover;

    #[test]
    fn options_take_precedence_over_the_tags_of_the_source() {
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
            source_name: text("name.mp4"),
        };
        let mut id3 = options.id3(source, None).unwrap();
        let bytes = id3.bytes(Some(Duration::from_secs(1))).unwrap();
        let read = Tag::read_from2(io::Cursor::new(&bytes)).unwrap();
        assert_eq!(
            (read.title(), read.artist()),
            (Some("ours"), Some("theirs"))
        );
        assert_eq!(read.pictures().count(), 0);
    }
}
