//! What of a file is answered: all, a part, or just that nothing has changed
//! (RFC 9110, sections 13 and 14).

use std::ops::Range;

use headers::{ETag, HeaderMap, HeaderMapExt, IfNoneMatch, IfRange};
use http::header::RANGE;

/// What to answer of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// 200 with all of it.
    Whole,
    /// 206 with these bytes, which are some and lie within the file.
    Part(Range<u64>),
    /// 304: the client has it already.
    NotModified,
    /// 416: the range asked for lies outside.
    Unsatisfiable,
}

/// Chooses by the request's headers for a file of `length` bytes tagged
/// `etag`. Preconditions come first, then `Range`, which counts only while
/// `If-Range` holds. A `Range` that cannot be understood, or that asks for
/// several parts, is as good as none (section 14.2 leaves both to us).
pub fn select(headers: &HeaderMap, length: u64, etag: &ETag) -> Selection {
    if let Some(known) = headers.typed_get::<IfNoneMatch>()
        && !known.precondition_passes(etag)
    {
        return Selection::NotModified;
    }
    if let Some(condition) = headers.typed_get::<IfRange>()
        && condition.is_modified(Some(etag), None)
    {
        return Selection::Whole;
    }
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok());
    match range.and_then(|value| parse(value, length)) {
        None => Selection::Whole,
        Some(range) if range.is_empty() => Selection::Unsatisfiable,
        Some(range) => Selection::Part(range),
    }
}

/// One range of bytes, cut to the file; empty where it lies outside; `None`
/// where there is no single range.
fn parse(value: &str, length: u64) -> Option<Range<u64>> {
    let (unit, spec) = value.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return None;
    }
    let (first, last) = spec.trim().split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return None;
    }
    // More digits than fit name a place beyond any file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    match (first, last) {
        ("", "") => None,
        ("", suffix) => Some(length.saturating_sub(number(suffix))..length),
        (first, "") => Some(number(first).min(length)..length),
        (first, last) if number(first) <= number(last) => {
            Some(number(first).min(length)..number(last).saturating_add(1).min(length))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn chosen(lines: &[(&'static str, &str)]) -> Selection {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        select(&headers, 1000, &"\"v1\"".parse().unwrap())
    }

    #[test]
    fn ranges() {
        use Selection::{Part, Unsatisfiable, Whole};
        for (range, expected) in [
            ("bytes=0-499", Part(0..500)),
            ("bytes=500-", Part(500..1000)),
            ("bytes=-200", Part(800..1000)),
            ("bytes=-2000", Part(0..1000)),
            ("bytes=999-9999", Part(999..1000)),
            ("Bytes= 0-0", Part(0..1)),
            ("bytes=1000-", Unsatisfiable),
            ("bytes=2000-3000", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=99999999999999999999-", Unsatisfiable),
            ("bytes=5-3", Whole),
            ("bytes=0-1,5-6", Whole),
            ("bytes=a-b", Whole),
            ("bytes=-", Whole),
            ("bytes=+1-2", Whole),
            ("items=0-1", Whole),
            ("nonsense", Whole),
        ] {
            assert_eq!(chosen(&[("range", range)]), expected, "{range}");
        }
    }

    #[test]
    fn conditions() {
        use Selection::{NotModified, Part, Whole};
        assert_eq!(chosen(&[("if-none-match", "\"v1\"")]), NotModified);
        assert_eq!(chosen(&[("if-none-match", "\"v0\", \"v1\"")]), NotModified);
        assert_eq!(chosen(&[("if-none-match", "*")]), NotModified);
        assert_eq!(chosen(&[("if-none-match", "\"v0\"")]), Whole);
        let range = ("range", "bytes=0-9");
        assert_eq!(chosen(&[range, ("if-range", "\"v1\"")]), Part(0..10));
        assert_eq!(chosen(&[range, ("if-range", "\"v0\"")]), Whole);
        assert_eq!(chosen(&[range, ("if-none-match", "\"v1\"")]), NotModified);
    }

    proptest::proptest! {
        #[test]
        fn a_part_lies_within_the_file(first: u64, last: u64, length in 0u64..5000) {
            for value in [format!("bytes={first}-{last}"), format!("bytes=-{last}")] {
                if let Some(range) = parse(&value, length) {
                    proptest::prop_assert!(range.start <= range.end && range.end <= length);
                }
            }
        }
    }
}
