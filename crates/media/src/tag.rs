//! The ID3 tag of the MP3.

use std::io;

use std::time::Duration;

use tonearm_mp3::{ChapterMark, CoverArt, Id3Error, Id3Fields, Id3Tag};

use crate::error::{MediaError, Result};
use tonearm_media_core::{Tags, chapters};

/// The contents of the MP3's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagOptions {
    /// Fields that take precedence over the source's.
    pub tags: Tags,
    /// Whether to include cover art.
    pub cover: bool,
    /// Whether to include chapters.
    pub chapters: bool,
    /// Name of the uploaded file: the tag's original file name and, without the extension,
    /// its default title.
    pub source_name: Option<String>,
}

impl TagOptions {
    /// The source's tags, unchanged.
    pub const PLAIN: Self = Self {
        tags: Tags::NONE,
        cover: true,
        chapters: true,
        source_name: None,
    };

    /// The tag of an MP3 made by this encoder from a part of a source with these tags.
    pub(crate) fn id3(&self, source: Tags, part: &Part, encoder: Option<&str>) -> Result<Id3Tag> {
        let tags = self.tags.clone().or(source);
        let all = if self.chapters { &*tags.chapters } else { &[] };
        let chapters = chapters::within(all, part.start, part.end, part.length);
        let marks: Vec<ChapterMark<'_>> = chapters
            .iter()
            .map(|chapter| ChapterMark {
                start_ms: milliseconds(chapter.start),
                end_ms: milliseconds(chapter.end.unwrap_or(chapter.start)),
                title: &chapter.title,
            })
            .collect();
        let cover = tags.cover.as_ref().filter(|_| self.cover);
        let fields = Id3Fields {
            title: tags.title.as_deref(),
            artist: tags.artist.as_deref(),
            album: tags.album.as_deref(),
            year: tags.year,
            comment: tags.comment.as_deref(),
            chapters: &marks,
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

/// The part of a source that becomes the MP3.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part {
    pub(crate) start: Duration,
    /// `None` for the end of the source.
    pub(crate) end: Option<Duration>,
    /// Length of the source, if it states one.
    pub(crate) length: Option<Duration>,
}

fn milliseconds(time: Duration) -> u32 {
    // Above is the value that means "unused".
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX - 1)
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
    use tonearm_media_core::{Chapter, Cover};

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
            chapters: true,
            source_name: text("name.mp4"),
        };
        let mut id3 = options.id3(source, &Part::default(), None).unwrap();
        let bytes = id3.bytes(Some(Duration::from_secs(1))).unwrap();
        let read = Tag::read_from2(io::Cursor::new(&bytes)).unwrap();
        assert_eq!(
            (read.title(), read.artist()),
            (Some("ours"), Some("theirs"))
        );
        assert_eq!(read.pictures().count(), 0);
    }

    #[test]
    fn chapters_are_those_of_the_part() {
        let chapter = |start, title: &str| Chapter::new(Duration::from_secs(start), None, title);
        let source = Tags {
            chapters: vec![chapter(0, "A"), chapter(10, "B"), chapter(20, "C")],
            ..Tags::default()
        };
        let part = Part {
            start: Duration::from_millis(12_500),
            end: Some(Duration::from_secs(25)),
            length: Some(Duration::from_secs(99)),
        };
        let chapters = |options: &TagOptions| {
            let mut id3 = options.id3(source.clone(), &part, None).unwrap();
            let bytes = id3.bytes(Some(Duration::from_secs(1))).unwrap();
            let tag = Tag::read_from2(io::Cursor::new(&bytes)).unwrap();
            let all = tag.chapters().map(|one| {
                let title = one.frames[0].content().text().unwrap_or_default();
                (one.start_time, one.end_time, title.to_owned())
            });
            all.collect::<Vec<_>>()
        };
        let expected = [(0, 7500, "B".to_owned()), (7500, 12_500, "C".to_owned())];
        assert_eq!(chapters(&TagOptions::PLAIN), expected);
        let without = TagOptions {
            chapters: false,
            ..TagOptions::PLAIN
        };
        assert_eq!(chapters(&without), []);
    }
}
