//! What holds where an upload does not say, by the operator's word.

use crate::options::{Options, Rate};
use crate::value;

/// The operator's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// How bits are spent.
    pub rate: Rate,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// Whether to fold down to one channel.
    pub mono: bool,
    /// Whether to bring every file to `loudness`.
    pub normalize: bool,
    /// Loudness of normalised files in LUFS.
    pub loudness: f32,
}

impl Default for Defaults {
    /// As the variables' own defaults are.
    fn default() -> Self {
        let plain = Options::default();
        Self {
            rate: plain.rate,
            effort: plain.effort,
            mono: false,
            normalize: false,
            loudness: -16.0,
        }
    }
}

impl Defaults {
    /// Reads the variables through `get`, which tells a variable's text.
    ///
    /// | variable | what |
    /// |---|---|
    /// | `mp3_quality`, `mp3_bitrate` | as the options; the bitrate, where it is not empty, counts |
    /// | `mp3_effort`, `mp3_mono`, `mp3_normalize` | as the options |
    /// | `normalize_lufs` | loudness of normalised files |
    ///
    /// # Errors
    /// What `get` says, or what `wrong` makes of a variable's name and what is
    /// valid for it.
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
    fn variables_are_read_and_complained_of_by_name() {
        assert_eq!(read(&[]), Ok(Defaults::default()));
        let other = read(&[
            ("mp3_bitrate", "128"),
            ("mp3_mono", "true"),
            ("mp3_normalize", "yes"),
            ("normalize_lufs", "-23.5"),
        ])
        .unwrap();
        assert_eq!(other.rate, Rate::Bitrate(128));
        assert!(other.mono && other.normalize);
        assert_eq!(other.loudness, -23.5);
        for (name, value) in [
            ("mp3_quality", "10"),
            ("mp3_bitrate", "100"),
            ("mp3_effort", ""),
            ("mp3_mono", "maybe"),
            ("mp3_normalize", ""),
            ("normalize_lufs", "NaN"),
            ("normalize_lufs", "0"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name} must be")), "{error}");
        }
    }
}
