//! The resolved options of a job.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::value::{BITRATES, LOUDNESS};

/// The bitrate or quality of the MP3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Variable bitrate at a constant quality, 0 (best) to 9 (smallest).
    Quality(u8),
    /// Constant bitrate in kbit/s, one of [`BITRATES`].
    Bitrate(u16),
}

/// Which audio track of a file with several is converted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Track {
    /// The track that the file marks as default.
    #[default]
    Default,
    /// By its number among the audio tracks, from one.
    Number(u32),
    /// By its language, ISO 639 in lower case.
    Language(String),
}

/// What becomes of time without audio: before a late start, between packets, and between
/// edits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gaps {
    /// Silence: the MP3 has the time of a player.
    #[default]
    Keep,
    /// Nothing: the audio is joined.
    Close,
}

impl Gaps {
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// Texts of the tag that the user requests. The source's own replace missing ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The artist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// The album.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// The year of release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// A comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// How a job is converted. Serialized into the job and the API response; fields with
/// default values are omitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Options {
    /// The bitrate or quality of the MP3.
    pub rate: Rate,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// Whether the user requested a rate or an effort. MP3 audio is then encoded again
    /// instead of copied.
    pub reencode: bool,
    /// Whether to downmix to one channel.
    pub mono: bool,
    /// What becomes of gaps.
    pub gaps: Gaps,
    /// The target loudness in LUFS; `None` leaves the loudness unchanged.
    pub loudness: Option<f32>,
    /// The start of the converted part.
    pub start: Duration,
    /// The end of the converted part, after `start`; `None` is the end of the file.
    pub end: Option<Duration>,
    /// The audio track.
    pub track: Track,
    /// Texts of the tag.
    pub tags: Tags,
    /// Whether the source's cover art goes into the tag.
    pub cover: bool,
    /// Whether the source's chapters go into the tag.
    pub chapters: bool,
}

impl Default for Options {
    /// The options of a job without any: the best quality per CPU time.
    fn default() -> Self {
        Self {
            rate: Rate::Quality(1),
            effort: 7,
            reencode: false,
            mono: false,
            gaps: Gaps::Keep,
            loudness: None,
            start: Duration::ZERO,
            end: None,
            track: Track::Default,
            tags: Tags::default(),
            cover: true,
            chapters: true,
        }
    }
}

impl Options {
    /// Whether MP3 audio may be copied instead of encoded again.
    pub fn may_copy(&self) -> bool {
        let is_whole = self.start.is_zero() && self.end.is_none();
        !self.reencode && !self.mono && self.loudness.is_none() && is_whole
    }
}

/// The JSON form. Times are in seconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bitrate: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<u8>,
    #[serde(skip_serializing_if = "is_false")]
    reencode: bool,
    #[serde(skip_serializing_if = "is_false")]
    mono: bool,
    #[serde(skip_serializing_if = "Gaps::is_keep")]
    gaps: Gaps,
    /// In LUFS.
    #[serde(skip_serializing_if = "Option::is_none")]
    normalize: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(flatten)]
    tags: Tags,
    /// Present only if false.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<bool>,
    /// Present only if false.
    #[serde(skip_serializing_if = "Option::is_none")]
    chapters: Option<bool>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl From<Options> for Wire {
    fn from(options: Options) -> Self {
        let (quality, bitrate) = match options.rate {
            Rate::Quality(quality) => (Some(quality), None),
            Rate::Bitrate(bitrate) => (None, Some(bitrate)),
        };
        let (track, language) = match options.track {
            Track::Default => (None, None),
            Track::Number(number) => (Some(number), None),
            Track::Language(language) => (None, Some(language)),
        };
        let seconds = |time: Duration| time.as_millis() as f64 / 1000.0;
        Self {
            quality,
            bitrate,
            effort: Some(options.effort),
            reencode: options.reencode,
            mono: options.mono,
            gaps: options.gaps,
            normalize: options.loudness,
            start: Some(options.start)
                .filter(|start| !start.is_zero())
                .map(seconds),
            end: options.end.map(seconds),
            track,
            language,
            tags: options.tags,
            cover: (!options.cover).then_some(false),
            chapters: (!options.chapters).then_some(false),
        }
    }
}

impl TryFrom<Wire> for Options {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let default = Self::default();
        let digit = |name, value: u8| match value {
            0..=9 => Ok(value),
            _ => Err(format!("{name} is {value}")),
        };
        let time = |seconds: f64| {
            let milliseconds = (seconds * 1000.0).round();
            match (0.0..1e12).contains(&milliseconds) {
                true => Ok(Duration::from_millis(milliseconds as u64)),
                false => Err(format!("a time is {seconds} seconds")),
            }
        };
        let start = wire.start.map_or(Ok(Duration::ZERO), time)?;
        let end = wire.end.map(time).transpose()?;
        if end.is_some_and(|end| end <= start) {
            return Err("end is not after start".to_owned());
        }
        Ok(Self {
            rate: match (wire.quality, wire.bitrate) {
                (Some(_), Some(_)) => return Err("quality and bitrate are both there".to_owned()),
                (Some(quality), None) => Rate::Quality(digit("quality", quality)?),
                (None, Some(bitrate)) if BITRATES.contains(&bitrate) => Rate::Bitrate(bitrate),
                (None, Some(bitrate)) => return Err(format!("bitrate is {bitrate}")),
                (None, None) => default.rate,
            },
            effort: digit("effort", wire.effort.unwrap_or(default.effort))?,
            reencode: wire.reencode,
            mono: wire.mono,
            gaps: wire.gaps,
            loudness: match wire.normalize {
                Some(loudness) if !LOUDNESS.contains(&loudness) => {
                    return Err(format!("normalize is {loudness}"));
                }
                loudness => loudness,
            },
            start,
            end,
            track: match (wire.track, wire.language) {
                (Some(_), Some(_)) => return Err("track and language are both there".to_owned()),
                (Some(number), None) => Track::Number(number),
                (None, Some(language)) => Track::Language(language),
                (None, None) => Track::Default,
            },
            tags: wire.tags,
            cover: wire.cover.unwrap_or(true),
            chapters: wire.chapters.unwrap_or(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Defaults, RequestedOptions};

    /// Options that differ from the defaults in everything.
    fn many() -> Options {
        let mut requested = RequestedOptions::default();
        for (name, text) in [
            ("bitrate", "128"),
            ("effort", "2"),
            ("mono", "true"),
            ("gaps", "close"),
            ("normalize", "true"),
            ("start", "1:30"),
            ("end", "2:00.25"),
            ("language", "de"),
            ("title", "Übung"),
            ("artist", "A"),
            ("album", "B"),
            ("year", "1999"),
            ("comment", "C"),
            ("cover", "false"),
            ("chapters", "false"),
        ] {
            requested.set(name, text).unwrap();
        }
        requested.resolve(&Defaults::default()).unwrap()
    }

    #[test]
    fn wire_format() {
        insta::assert_json_snapshot!([Options::default(), many()]);
    }

    #[test]
    fn options_survive_serialization() {
        for options in [Options::default(), many()] {
            let json = serde_json::to_string(&options).unwrap();
            assert_eq!(serde_json::from_str::<Options>(&json).unwrap(), options);
        }
    }

    #[test]
    fn an_empty_object_holds_the_default_options() {
        let empty: Options = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, Options::default());
        assert!(empty.may_copy());
        assert!(!many().may_copy());
    }

    #[test]
    fn invalid_options_are_refused() {
        for json in [
            r#"{"quality":10}"#,
            r#"{"bitrate":1}"#,
            r#"{"quality":1,"bitrate":128}"#,
            r#"{"effort":10}"#,
            r#"{"gaps":"fill"}"#,
            r#"{"start":-1}"#,
            r#"{"start":5,"end":5}"#,
            r#"{"end":1e300}"#,
            r#"{"normalize":100}"#,
            r#"{"track":1,"language":"de"}"#,
        ] {
            assert!(serde_json::from_str::<Options>(json).is_err(), "{json}");
        }
    }
}
