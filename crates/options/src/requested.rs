//! The options that a user requests, by name, and how they are resolved.

use std::time::Duration;

use crate::defaults::Defaults;
use crate::error::OptionError;
use crate::options::{Gaps, Options, Rate, Tags, Track};
use crate::value;

/// The names of all options.
pub const NAMES: [&str; 17] = [
    "quality",
    "bitrate",
    "effort",
    "mono",
    "gaps",
    "normalize",
    "start",
    "end",
    "track",
    "language",
    "title",
    "artist",
    "album",
    "year",
    "comment",
    "cover",
    "chapters",
];

/// The options of an upload, each at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestedOptions {
    quality: Option<u8>,
    bitrate: Option<u16>,
    effort: Option<u8>,
    mono: Option<bool>,
    gaps: Option<Gaps>,
    normalize: Option<bool>,
    start: Option<Duration>,
    end: Option<Duration>,
    track: Option<u32>,
    language: Option<String>,
    title: Option<String>,
    artist: Option<String>,
    album: Option<String>,
    year: Option<u16>,
    comment: Option<String>,
    cover: Option<bool>,
    chapters: Option<bool>,
}

/// Most characters of a refused name or value that an error repeats.
const MAX_REPEATED: usize = 60;

impl RequestedOptions {
    /// Sets the option `name`. An empty text is ignored: forms send it for a field
    /// that was left blank.
    ///
    /// # Errors
    /// [`OptionError`] for an unknown name, an invalid value, or a value that differs
    /// from an earlier one. The options are unchanged.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), OptionError> {
        let known = NAMES.iter().find(|known| **known == name);
        let name = *known.ok_or_else(|| OptionError::Unknown {
            name: shortened(name),
        })?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let option = Text { name, text };
        match name {
            "quality" => option.put(&mut self.quality, value::digit, DIGIT),
            "bitrate" => option.put(&mut self.bitrate, value::bitrate, BITRATE),
            "effort" => option.put(&mut self.effort, value::digit, DIGIT),
            "mono" => option.put(&mut self.mono, value::flag, FLAG),
            "gaps" => option.put(&mut self.gaps, value::gaps, GAPS),
            "normalize" => option.put(&mut self.normalize, value::flag, FLAG),
            "start" => option.put(&mut self.start, value::time, TIME),
            "end" => option.put(&mut self.end, value::time, TIME),
            "track" => option.put(&mut self.track, value::track, TRACK),
            "language" => option.put(&mut self.language, value::language, LANGUAGE),
            "title" => option.put(&mut self.title, value::tag, TAG),
            "artist" => option.put(&mut self.artist, value::tag, TAG),
            "album" => option.put(&mut self.album, value::tag, TAG),
            "year" => option.put(&mut self.year, value::year, YEAR),
            "comment" => option.put(&mut self.comment, value::tag, TAG),
            "cover" => option.put(&mut self.cover, value::flag, FLAG),
            _ => option.put(&mut self.chapters, value::flag, FLAG),
        }
    }

    /// Adds the defaults to the requested options.
    ///
    /// # Errors
    /// [`OptionError::Contradiction`].
    pub fn resolve(&self, defaults: &Defaults) -> Result<Options, OptionError> {
        let contradiction = |name, reason| Err(OptionError::Contradiction { name, reason });
        let rate = match (self.quality, self.bitrate) {
            (Some(_), Some(_)) => {
                return contradiction(
                    "bitrate",
                    "quality and bitrate exclude each other. Give one of them",
                );
            }
            (Some(quality), None) => Rate::Quality(quality),
            (None, Some(bitrate)) => Rate::Bitrate(bitrate),
            (None, None) => defaults.rate,
        };
        let track = match (self.track, &self.language) {
            (Some(_), Some(_)) => {
                return contradiction(
                    "language",
                    "track and language exclude each other. Give one of them",
                );
            }
            (Some(number), None) => Track::Number(number),
            (None, Some(language)) => Track::Language(language.clone()),
            (None, None) => Track::Default,
        };
        let start = self.start.unwrap_or_default();
        if self.end.is_some_and(|end| end <= start) {
            return contradiction(
                "end",
                "it must be later than start, which is 0 if not given",
            );
        }
        let normalize = self.normalize.unwrap_or(defaults.normalize);
        Ok(Options {
            rate,
            effort: self.effort.unwrap_or(defaults.effort),
            reencode: self.quality.is_some() || self.bitrate.is_some() || self.effort.is_some(),
            mono: self.mono.unwrap_or(defaults.mono),
            gaps: self.gaps.unwrap_or(defaults.gaps),
            loudness: normalize.then_some(defaults.loudness),
            start,
            end: self.end,
            track,
            tags: Tags {
                title: self.title.clone(),
                artist: self.artist.clone(),
                album: self.album.clone(),
                year: self.year,
                comment: self.comment.clone(),
            },
            cover: self.cover.unwrap_or(true),
            chapters: self.chapters.unwrap_or(true),
        })
    }
}

const DIGIT: &str = "a whole number from 0 to 9";
const BITRATE: &str = "a bitrate of MP3 in kbit/s: 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, \
                       192, 224, 256 or 320";
const FLAG: &str = "true or false";
const GAPS: &str = "keep or close";
const TIME: &str = "a time below 100 hours: 90, 90.5, 1:30 or 0:01:30.5";
const TRACK: &str = "the number of an audio track, from 1 to 99";
const LANGUAGE: &str = "a language by two or three letters of ISO 639: en, or eng";
const TAG: &str = "a text of at most 250 characters";
const YEAR: &str = "a year from 1000 to 9999";

/// A known option and its text.
struct Text<'t> {
    name: &'static str,
    text: &'t str,
}

impl Text<'_> {
    fn put<T: PartialEq>(
        &self,
        slot: &mut Option<T>,
        parse: impl Fn(&str) -> Option<T>,
        valid: &'static str,
    ) -> Result<(), OptionError> {
        let name = self.name;
        let value = parse(self.text).ok_or_else(|| OptionError::Bad {
            name,
            value: shortened(self.text),
            valid,
        })?;
        match slot {
            Some(known) if *known != value => Err(OptionError::Twice { name }),
            _ => {
                *slot = Some(value);
                Ok(())
            }
        }
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_REPEATED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(options: &[(&str, &str)]) -> Result<Options, OptionError> {
        let mut given = RequestedOptions::default();
        for (name, text) in options {
            given.set(name, text)?;
        }
        given.resolve(&Defaults::default())
    }

    #[test]
    fn without_options_the_defaults_apply() {
        assert_eq!(resolve(&[]), Ok(Options::default()));
        let empty: Vec<_> = NAMES.iter().map(|name| (*name, " ")).collect();
        assert_eq!(resolve(&empty), Ok(Options::default()));
    }

    #[test]
    fn given_options_override_the_operators_defaults() {
        let defaults = Defaults {
            rate: Rate::Bitrate(128),
            effort: 3,
            gaps: Gaps::Close,
            mono: true,
            normalize: true,
            loudness: -23.0,
        };
        let plain = RequestedOptions::default().resolve(&defaults).unwrap();
        assert_eq!((plain.rate, plain.effort), (Rate::Bitrate(128), 3));
        assert_eq!((plain.mono, plain.loudness), (true, Some(-23.0)));
        assert!(!plain.reencode);
        let mut given = RequestedOptions::default();
        for (name, text) in [("quality", "4"), ("mono", "false"), ("normalize", "no")] {
            given.set(name, text).unwrap();
        }
        let options = given.resolve(&defaults).unwrap();
        assert_eq!((options.rate, options.effort), (Rate::Quality(4), 3));
        assert_eq!((options.mono, options.loudness), (false, None));
        assert!(options.reencode);
    }

    #[test]
    fn every_option_has_an_effect() {
        let values = [
            "2", "128", "3", "true", "close", "true", "1:30", "90.5", "2", "de", "T", "A", "B",
            "1999", "C", "false", "false",
        ];
        let plain = Options::default();
        for (name, value) in NAMES.iter().zip(values) {
            assert_ne!(resolve(&[(name, value)]), Ok(plain.clone()), "{name}");
        }
    }

    #[test]
    fn an_option_may_repeat_its_value() {
        assert_eq!(
            resolve(&[("start", "90"), ("start", "1:30")]),
            resolve(&[("start", "90")])
        );
    }

    #[test]
    fn each_error_names_the_option_and_the_valid_values() {
        let long = "x".repeat(300);
        let wrong: &[&[(&str, &str)]] = &[
            &[("qualty", "2")],
            &[(&long, "2")],
            &[("quality", "10")],
            &[("bitrate", "100")],
            &[("effort", "-1")],
            &[("mono", "maybe")],
            &[("normalize", "2")],
            &[("start", "1:75")],
            &[("end", "forever")],
            &[("track", "0")],
            &[("language", "german")],
            &[("title", &long)],
            &[("year", "99")],
            &[("gaps", "fill")],
            &[("cover", "front")],
            &[("quality", "2"), ("quality", "3")],
            &[("quality", "2"), ("bitrate", "128")],
            &[("track", "2"), ("language", "de")],
            &[("start", "10"), ("end", "10")],
            &[("end", "0")],
        ];
        let errors: Vec<_> = wrong
            .iter()
            .map(|options| {
                let error = resolve(options).unwrap_err();
                format!("{} {}: {error}.", error.code(), error.field())
            })
            .collect();
        insta::assert_snapshot!(errors.join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(name in proptest::sample::select(NAMES.to_vec()), text in ".{0,300}") {
            if resolve(&[(name, &text)]).is_err() {
                proptest::prop_assert_ne!(text.trim(), "");
            }
        }
    }
}
