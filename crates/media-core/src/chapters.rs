//! The chapters of a file.

use std::time::Duration;

use crate::tags::{one_line, put};

/// A chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chapter {
    /// Its start, from the beginning of the file.
    pub start: Duration,
    /// Its end; `None` where the next chapter begins.
    pub end: Option<Duration>,
    /// On one line, at most [`MAX_TITLE`](Self::MAX_TITLE) characters; may be empty.
    pub title: String,
}

impl Chapter {
    /// Most chapters of a file. They precede the audio in the MP3.
    pub const MAX: usize = 2000;
    /// Longest title in characters.
    pub const MAX_TITLE: usize = 200;

    /// A chapter with a title as the file has it.
    pub fn new(start: Duration, end: Option<Duration>, title: &str) -> Self {
        // The rules for texts of the tag hold for titles too.
        let mut text = None;
        put(&mut text, title);
        Self {
            start,
            end: end.filter(|&end| end > start),
            title: text.map_or_else(String::new, |text| one_line(&text, Self::MAX_TITLE)),
        }
    }
}

/// The chapters that lie in a part of a file, in order and relative to the start of the
/// part. A chapter without an end lasts to the next one, and the last one to the end of the
/// part or of the file, whose length may be unknown.
pub fn within(
    chapters: &[Chapter],
    start: Duration,
    end: Option<Duration>,
    length: Option<Duration>,
) -> Vec<Chapter> {
    let mut all: Vec<&Chapter> = chapters.iter().take(Chapter::MAX).collect();
    all.sort_by_key(|chapter| chapter.start);
    let nexts = all.iter().skip(1).map(|next| Some(next.start));
    let nexts: Vec<Option<Duration>> = nexts.chain([end.or(length)]).collect();
    let cut = |time: Duration| end.map_or(time, |end| time.min(end)).saturating_sub(start);
    let all = all.into_iter().zip(nexts).filter_map(|(chapter, next)| {
        // Without any end, a chapter is a mark.
        let last = chapter.end.or(next).unwrap_or(chapter.start);
        let from = cut(chapter.start);
        let to = cut(last.max(chapter.start));
        let is_mark = chapter.end.or(next).is_none() && chapter.start >= start;
        (to > from || is_mark).then(|| Chapter {
            start: from,
            end: Some(to),
            title: chapter.title.clone(),
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn chapters(all: &[(u64, Option<u64>)]) -> Vec<Chapter> {
        all.iter()
            .map(|&(start, end)| Chapter::new(seconds(start), end.map(seconds), &start.to_string()))
            .collect()
    }

    fn cut(all: &[(u64, Option<u64>)], start: u64, end: Option<u64>) -> Vec<(u64, u64, String)> {
        within(&chapters(all), seconds(start), end.map(seconds), None)
            .into_iter()
            .map(|one| (one.start.as_secs(), one.end.unwrap().as_secs(), one.title))
            .collect()
    }

    fn expected(all: &[(u64, u64, &str)]) -> Vec<(u64, u64, String)> {
        all.iter()
            .map(|&(a, b, title)| (a, b, title.to_owned()))
            .collect()
    }

    #[test]
    fn chapters_are_shifted_and_cut_to_the_part() {
        let all = [(10, Some(20)), (0, None), (20, None), (30, Some(40))];
        let whole = [(0, 10, "0"), (10, 20, "10"), (20, 30, "20"), (30, 40, "30")];
        assert_eq!(cut(&all, 0, None), expected(&whole));
        let part = [(0, 5, "10"), (5, 10, "20")];
        assert_eq!(cut(&all, 15, Some(25)), expected(&part));
        assert_eq!(cut(&all, 40, None), []);
        assert_eq!(
            cut(&all, 0, Some(35)).last(),
            expected(&[(30, 35, "30")]).last()
        );
    }

    #[test]
    fn the_last_chapter_without_an_end_is_a_mark() {
        let marks = [(0, 7, "0"), (7, 7, "7")];
        assert_eq!(cut(&[(0, None), (7, None)], 0, None), expected(&marks));
        assert_eq!(cut(&[(0, None), (7, None)], 8, None), []);
        assert_eq!(
            cut(&[(0, None), (7, None)], 8, Some(9)),
            expected(&[(0, 1, "7")])
        );
    }
}
