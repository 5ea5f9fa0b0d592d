//! The operator's defaults for options that an upload does not set.

use crate::options::{Gaps, Options, Rate};
use crate::value;

/// The operator's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// The bitrate or quality of the MP3.
    pub rate: Rate,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// Whether to downmix to one channel.
    pub mono: bool,
    /// What becomes of gaps.
    pub gaps: Gaps,
    /// Whether to normalize every file to `loudness`.
    pub normalize: bool,
    /// Loudness of normalized files in LUFS.
    pub loudness: f32,
}

impl Default for Defaults {
    /// The defaults of the variables in the manifest.
    fn default() -> Self {
        let plain = Options::default();
        Self {
            rate: plain.rate,
            effort: plain.effort,
            mono: false,
            gaps: plain.gaps,
            normalize: false,
            loudness: -16.0,
        }
    }
}

impl Defaults {
    /// Reads the variables through `get`, which returns a variable's text.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `mp3_quality`, `mp3_bitrate` | as the options; the bitrate takes precedence unless it is empty |
    /// | `mp3_effort`, `mp3_mono`, `mp3_gaps`, `mp3_normalize` | as the options |
    /// | `normalize_lufs` | loudness of normalized files |
    ///
    /// # Errors
    /// The error of `get`, or that of `wrong` for the name of an invalid variable and
    /// its valid values.
    pub fn read<E>(
        get: impl Fn(&str) -> Result<String, E>,
        wrong: impl Fn(&str, &str) -> E,
    ) -> Result<Self, E> {
        let digit = |name| {
            value::digit(&get(name)?)
                .ok_or_else(|| wrong(name, "must be a whole number from 0 to 9"))
        };
        let flag =
            |name| value::flag(&get(name)?).ok_or_else(|| wrong(name, "must be true or false"));
        let quality = digit("mp3_quality")?;
        let rate = match get("mp3_bitrate")?.as_str() {
            "" => Rate::Quality(quality),
            text => Rate::Bitrate(value::bitrate(text).ok_or_else(|| {
                wrong(
                    "mp3_bitrate",
                    "must be empty or a bitrate of MP3 in kbit/s, from 32 to 320",
                )
            })?),
        };
        let loudness = get("normalize_lufs")?.parse().ok();
        Ok(Self {
            rate,
            effort: digit("mp3_effort")?,
            mono: flag("mp3_mono")?,
            gaps: value::gaps(&get("mp3_gaps")?)
                .ok_or_else(|| wrong("mp3_gaps", "must be keep or close"))?,
            normalize: flag("mp3_normalize")?,
            loudness: loudness
                .filter(|loudness| value::LOUDNESS.contains(loudness))
                .ok_or_else(|| wrong("normalize_lufs", "must be a number from -40 to -5"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: &[(&str, &str)]) -> Result<Defaults, String> {
        let get = |name: &str| {
            let change = changes.iter().find(|(known, _)| *known == name);
            Ok(change
                .map_or(
                    match name {
                        "mp3_quality" => "1",
                        "mp3_effort" => "7",
                        "mp3_bitrate" => "",
                        "mp3_gaps" => "keep",
                        "normalize_lufs" => "-16",
                        _ => "false",
                    },
                    |(_, value)| value,
                )
                .to_owned())
        };
        Defaults::read(get, |name, valid| format!("{name} {valid}"))
    }

    #[test]
    fn an_invalid_variable_is_named() {
        assert_eq!(read(&[]), Ok(Defaults::default()));
        let other = read(&[
            ("mp3_bitrate", "128"),
            ("mp3_mono", "true"),
            ("mp3_gaps", "close"),
            ("mp3_normalize", "yes"),
            ("normalize_lufs", "-23.5"),
        ])
        .unwrap();
        assert_eq!(other.rate, Rate::Bitrate(128));
        assert!(other.mono && other.normalize);
        assert_eq!(other.gaps, Gaps::Close);
        assert_eq!(other.loudness, -23.5);
        for (name, value) in [
            ("mp3_quality", "10"),
            ("mp3_bitrate", "100"),
            ("mp3_effort", ""),
            ("mp3_mono", "maybe"),
            ("mp3_gaps", "true"),
            ("mp3_normalize", ""),
            ("normalize_lufs", "NaN"),
            ("normalize_lufs", "0"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name} must be")), "{error}");
        }
    }
}
