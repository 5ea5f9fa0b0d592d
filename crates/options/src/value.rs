//! Parsers of option values.

use std::time::Duration;

use crate::options::Gaps;

/// Constant bitrates of MPEG-1 layer III in kbit/s (ISO/IEC 11172-3, 2.4.2.3).
pub const BITRATES: [u16; 14] = [
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
];

/// Target loudness in LUFS: from the quietest useful value to the loudest that most
/// audio reaches without clipping.
pub const LOUDNESS: std::ops::RangeInclusive<f32> = -40.0..=-5.0;

/// Most characters of a tag. An ID3 tag holds more, but players do not show them.
const MAX_TEXT: usize = 250;
/// Highest number of a track.
const MAX_TRACK: u32 = 99;
/// Times are below 100 hours.
const MAX_TIME: Duration = Duration::from_secs(100 * 3600);

/// A whole number from 0 to 9.
pub(crate) fn digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        _ => None,
    }
}

/// One of [`BITRATES`].
pub(crate) fn bitrate(text: &str) -> Option<u16> {
    plain(text)?
        .parse()
        .ok()
        .filter(|rate| BITRATES.contains(rate))
}

/// True or false, in the spellings of forms and shells.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Whether gaps are kept or closed.
pub(crate) fn gaps(text: &str) -> Option<Gaps> {
    match text.to_ascii_lowercase().as_str() {
        "keep" => Some(Gaps::Keep),
        "close" => Some(Gaps::Close),
        _ => None,
    }
}

/// Number of a track.
pub(crate) fn track(text: &str) -> Option<u32> {
    let number = plain(text)?.parse().ok()?;
    (1..=MAX_TRACK).contains(&number).then_some(number)
}

/// A language of ISO 639, in lower case.
pub(crate) fn language(text: &str) -> Option<String> {
    let is_valid = matches!(text.len(), 2 | 3) && text.bytes().all(|b| b.is_ascii_alphabetic());
    is_valid.then(|| text.to_ascii_lowercase())
}

/// A year of four digits.
pub(crate) fn year(text: &str) -> Option<u16> {
    plain(text)?
        .parse()
        .ok()
        .filter(|year| (1000..=9999).contains(year))
}

/// A text for a tag: trimmed, with spaces in place of control characters.
pub(crate) fn tag(text: &str) -> Option<String> {
    if text.chars().count() > MAX_TEXT {
        return None;
    }
    let spaced = |letter: char| if letter.is_control() { ' ' } else { letter };
    let clean: String = text.chars().map(spaced).collect();
    Some(clean.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `SECONDS`, `MINUTES:SECONDS` or `HOURS:MINUTES:SECONDS`, the seconds with up
/// to three decimals. A part after a colon is below 60.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = whole.split(':');
    let mut seconds = number(parts.next()?)?;
    for (count, part) in parts.enumerate() {
        let part = number(part).filter(|&part| part < 60)?;
        seconds = seconds.checked_mul(60)?.checked_add(part)?;
        if count > 1 {
            return None;
        }
    }
    let milliseconds = match decimals.len() {
        1..=3 => number(decimals)? * 10_u64.pow(3 - decimals.len() as u32),
        _ => return None,
    };
    let time = Duration::from_secs(seconds) + Duration::from_millis(milliseconds);
    (time < MAX_TIME).then_some(time)
}

/// Text that consists of digits only. Rust's parser would accept a plus sign.
fn plain(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn number(text: &str) -> Option<u64> {
    plain(text).filter(|text| text.len() <= 9)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_or_parts_with_colons() {
        let milliseconds = |text| time(text).map(|time| time.as_millis());
        for (text, expected) in [
            ("0", 0),
            ("90", 90_000),
            ("90.5", 90_500),
            ("90.05", 90_050),
            ("1:30", 90_000),
            ("0:01:30.5", 90_500),
            ("99:59:59.999", 359_999_999),
            ("100:00", 6_000_000),
        ] {
            assert_eq!(milliseconds(text), Some(expected), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1:60",
            "1:2:3:4",
            "1::2",
            "1:30.",
            "0.0001",
            "360000",
            "100:00:00",
            "99999999999999999999",
            "1,5",
            "NaN",
            "１",
        ] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_consists_of_digits_only() {
        assert_eq!(digit("0"), Some(0));
        assert_eq!(bitrate("320"), Some(320));
        assert_eq!(track("99"), Some(99));
        assert_eq!(year("1877"), Some(1877));
        for text in ["", "+1", "-1", "1.0", " 1", "10000", "0x1", "۱"] {
            let all = (digit(text), bitrate(text), track(text), year(text));
            assert_eq!(all, (None, None, None, None), "{text}");
        }
        assert_eq!(
            (bitrate("100"), track("0"), track("100")),
            (None, None, None)
        );
    }

    #[test]
    fn texts_are_cleaned_and_limited_in_length() {
        assert_eq!(tag(" a\nb\0 ").as_deref(), Some("a b"));
        assert_eq!(tag(&"ß".repeat(250)), Some("ß".repeat(250)));
        assert_eq!((tag(&"a".repeat(251)), tag("\0")), (None, None));
        assert_eq!(language("DEU").as_deref(), Some("deu"));
        assert_eq!((language("german"), language("d1")), (None, None));
    }
}
