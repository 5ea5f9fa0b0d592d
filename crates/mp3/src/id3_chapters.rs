//! Chapters in an ID3 tag (ID3v2 Chapter Frame Addendum 1.0): a frame `CHAP` for each, and
//! tables of contents `CTOC`.

use id3::Frame;
use id3::frame::{Chapter, TableOfContents};

use crate::id3_writer::{clean, text_frame};

/// Most children of a table of contents: their number is one byte.
const MAX_CHILDREN: usize = 255;
/// Most characters of a chapter's title.
const MAX_TITLE: usize = 200;
/// The offsets of a chapter are unused; its times count.
const NO_OFFSET: u32 = u32::MAX;

/// A chapter of the audio.
#[derive(Clone, Copy, Debug)]
pub struct ChapterMark<'a> {
    /// Start in milliseconds.
    pub start_ms: u32,
    /// End in milliseconds.
    pub end_ms: u32,
    /// Title; may be empty.
    pub title: &'a str,
}

/// The frames of these chapters. More than 255 are listed by several tables, which the
/// table at the top lists.
pub(crate) fn frames(chapters: &[ChapterMark<'_>]) -> Vec<Frame> {
    let ids: Vec<String> = (0..chapters.len()).map(|n| format!("chp{n}")).collect();
    let mut frames = Vec::new();
    let top = match ids.len() {
        0 => return frames,
        1..=MAX_CHILDREN => ids.clone(),
        _ => {
            let parts = ids.chunks(MAX_CHILDREN).enumerate();
            let parts = parts.map(|(n, part)| table(&format!("toc{n}"), false, part.to_vec()));
            frames.extend(parts);
            (0..frames.len()).map(|n| format!("toc{n}")).collect()
        }
    };
    frames.insert(0, table("toc", true, top));
    let chapters = chapters.iter().zip(ids);
    frames.extend(chapters.map(|(mark, element_id)| {
        let title = clean(mark.title, MAX_TITLE);
        Frame::from(Chapter {
            element_id,
            start_time: mark.start_ms,
            end_time: mark.end_ms,
            start_offset: NO_OFFSET,
            end_offset: NO_OFFSET,
            frames: match title.is_empty() {
                true => Vec::new(),
                false => vec![text_frame("TIT2", title)],
            },
        })
    }));
    frames
}

fn table(id: &str, top_level: bool, elements: Vec<String>) -> Frame {
    Frame::from(TableOfContents {
        element_id: id.to_owned(),
        top_level,
        ordered: true,
        elements,
        frames: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::{ChapterMark, Id3Fields, Id3Tag};
    use id3::Tag;

    fn written(count: u32) -> (usize, Tag) {
        let titles: Vec<String> = (0..count).map(|n| format!("Kapitel {n} ü")).collect();
        let marks = titles.iter().zip(0..).map(|(title, n)| ChapterMark {
            start_ms: n * 1000,
            end_ms: n * 1000 + 1000,
            title,
        });
        let marks: Vec<_> = marks.collect();
        let fields = Id3Fields {
            chapters: &marks,
            ..Id3Fields::default()
        };
        let bytes = Id3Tag::new(&fields).unwrap().bytes(None).unwrap();
        let tag = Tag::read_from2(std::io::Cursor::new(&bytes)).unwrap();
        (bytes.len(), tag)
    }

    #[test]
    fn chapters_and_their_table_are_written() {
        let (_, tag) = written(10);
        let chapters: Vec<_> = tag.chapters().collect();
        assert_eq!(chapters.len(), 10);
        assert_eq!(
            (chapters[9].start_time, chapters[9].end_time),
            (9000, 10_000)
        );
        let title = chapters[9].frames[0].content().text();
        assert_eq!(title, Some("Kapitel 9 ü"));
        let tables: Vec<_> = tag.tables_of_contents().collect();
        assert_eq!(tables.len(), 1);
        assert!(tables[0].top_level && tables[0].ordered);
        assert_eq!(tables[0].elements.len(), 10);
    }

    #[test]
    fn a_thousand_chapters_are_listed_in_nested_tables() {
        let (bytes, tag) = written(1000);
        assert!(bytes < 100 << 10, "{bytes}");
        assert_eq!(tag.chapters().count(), 1000);
        let tables: Vec<_> = tag.tables_of_contents().collect();
        let sizes: Vec<_> = tables.iter().map(|table| table.elements.len()).collect();
        assert_eq!(sizes, [4, 255, 255, 255, 235]);
        let listed = tables[1..].iter().flat_map(|table| &table.elements);
        assert_eq!(listed.count(), 1000);
        assert_eq!(tables[0].elements, ["toc0", "toc1", "toc2", "toc3"]);
        assert!(tables[0].top_level && tables[1..].iter().all(|table| !table.top_level));
    }
}
