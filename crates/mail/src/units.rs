//! Times and sizes for people.

use std::time::Duration;

use time::OffsetDateTime;

/// `1 h 2 min 3 s`, `2 min 3 s`, `3 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = (duration.as_millis() + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min {seconds} s"),
    }
}

/// In decimal units, as file managers display sizes.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// `2026-12-02 09:15 UTC`. `None` for a time that no calendar has.
pub(crate) fn minute(unix_ms: u64) -> Option<String> {
    let seconds = i64::try_from(unix_ms / 1000).ok()?;
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let (date, hour, minute) = (at.date(), at.hour(), at.minute());
    Some(format!("{date} {hour:02}:{minute:02} UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_to_the_minute() {
        let shown = minute(1_796_116_559_999);
        assert_eq!(shown.as_deref(), Some("2026-12-01 09:15 UTC"));
        assert_eq!(minute(u64::MAX), None);
    }

    #[test]
    fn times_and_sizes_are_rounded_for_people() {
        for (ms, want) in [
            (0, "0 s"),
            (499, "0 s"),
            (500, "1 s"),
            (59_500, "1 min 0 s"),
            (3_723_000, "1 h 2 min 3 s"),
        ] {
            assert_eq!(duration(Duration::from_millis(ms)), want);
        }
        for (bytes, want) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 KB"),
            (1_949_999, "1.9 MB"),
            (1_950_000, "2.0 MB"),
            (2_147_483_648, "2.1 GB"),
        ] {
            assert_eq!(size(bytes), want);
        }
        assert!(size(u64::MAX).ends_with("GB"));
    }
}
