//! Chapters in Vorbis comments: `CHAPTER001=00:01:02.345` and `CHAPTER001NAME=Title`
//! (Vorbis comment "Chapter Extension").

use std::collections::BTreeMap;
use std::time::Duration;

use tonearm_media_core::Chapter;

/// Collects the comments about chapters.
#[derive(Default)]
pub(crate) struct ChapterComments(BTreeMap<u32, (Option<Duration>, String)>);

impl ChapterComments {
    /// Takes a comment if it is about a chapter. Returns whether it is.
    pub(crate) fn add(&mut self, name: &[u8], value: &str) -> bool {
        let Some((number, is_title)) = parse_name(name) else {
            return false;
        };
        if self.0.len() < Chapter::MAX || self.0.contains_key(&number) {
            let chapter = self.0.entry(number).or_default();
            match is_title {
                true => value.clone_into(&mut chapter.1),
                false => chapter.0 = time(value),
            }
        }
        true
    }

    /// The chapters that have a time.
    pub(crate) fn finish(self) -> Vec<Chapter> {
        let all = self.0.into_values();
        all.filter_map(|(start, title)| Some(Chapter::new(start?, None, &title)))
            .collect()
    }
}

/// The number of a chapter, and whether the comment has its title.
fn parse_name(name: &[u8]) -> Option<(u32, bool)> {
    let name = str::from_utf8(name).ok()?.to_ascii_uppercase();
    let rest = name.strip_prefix("CHAPTER")?;
    let (digits, is_title) = match rest.strip_suffix("NAME") {
        Some(digits) => (digits, true),
        None => (rest, false),
    };
    let is_number = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, is_title))
}

/// Parses hours, minutes and seconds.
fn time(text: &str) -> Option<Duration> {
    let mut parts = text.trim().splitn(3, ':');
    let mut whole = || parts.next()?.parse::<u32>().ok();
    let minutes = u64::from(whole()?) * 60 + u64::from(whole()?);
    let seconds = parts.next()?.parse::<f64>().ok()?;
    let all = minutes as f64 * 60.0 + seconds;
    Duration::try_from_secs_f64(all).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_collected_from_comments_in_any_order() {
        let mut comments = ChapterComments::default();
        for (name, value) in [
            ("CHAPTER002NAME", "Zwei ü"),
            ("chapter001", "00:00:00.000"),
            ("CHAPTER002", "01:02:03.500"),
            ("CHAPTER003NAME", "without a time"),
            ("CHAPTER004", "soon"),
        ] {
            assert!(comments.add(name.as_bytes(), value), "{name}");
        }
        for name in ["CHAPTER", "CHAPTERS", "CHAPTER1", "CHAPTER001URL", "TITLE"] {
            assert!(!comments.add(name.as_bytes(), "x"), "{name}");
        }
        let shown: Vec<_> = comments
            .finish()
            .into_iter()
            .map(|chapter| (chapter.start.as_millis(), chapter.title))
            .collect();
        let expected = [(0, String::new()), (3_723_500, "Zwei ü".to_owned())];
        assert_eq!(shown, expected);
    }
}
