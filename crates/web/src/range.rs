//! Which bytes of a file a response carries: conditional requests and byte ranges
//! (RFC 9110, sections 13 and 14).

use std::ops::Range;

use headers::{ETag, HeaderMap, HeaderMapExt, IfNoneMatch, IfRange};
use http::header::RANGE;
use http_range_header::{SyntacticallyCorrectRange, parse_range_header};

/// The content of a response about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// 200: the whole file.
    Full,
    /// 206: these bytes, at least one and all within the file.
    Partial(Range<u64>),
    /// 304: none, because the client has the current version.
    NotModified,
    /// 416: none, because the range lies outside the file.
    RangeNotSatisfiable,
}

/// Evaluates the request headers for a file of `length` bytes with the entity tag
/// `etag`.
///
/// Preconditions come first. `Range` counts only while `If-Range` holds. A `Range`
/// that is malformed or names several ranges is ignored; section 14.2 permits both.
pub fn requested_content(headers: &HeaderMap, length: u64, etag: &ETag) -> Content {
    if let Some(known) = headers.typed_get::<IfNoneMatch>()
        && !known.precondition_passes(etag)
    {
        return Content::NotModified;
    }
    if let Some(condition) = headers.typed_get::<IfRange>()
        && condition.is_modified(Some(etag), None)
    {
        return Content::Full;
    }
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok());
    match range.and_then(|value| parse(value, length)) {
        None => Content::Full,
        Some(range) if range.is_empty() => Content::RangeNotSatisfiable,
        Some(range) => Content::Partial(range),
    }
}

/// A single byte range, clipped to the file: empty if it lies outside, `None` if
/// the value is not a single range.
fn parse(value: &str, length: u64) -> Option<Range<u64>> {
    let ranges = parse_range_header(value).ok()?.into_ranges();
    let [range] = ranges.as_slice() else {
        return None;
    };
    Some(match *range {
        SyntacticallyCorrectRange::FromStart(first) => first.min(length)..length,
        SyntacticallyCorrectRange::FromLast(count) => length.saturating_sub(count)..length,
        SyntacticallyCorrectRange::Indexed(first, last) => {
            first.min(length)..last.saturating_add(1).min(length)
        }
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn content(lines: &[(&'static str, &str)]) -> Content {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        requested_content(&headers, 1000, &"\"v1\"".parse().unwrap())
    }

    #[test]
    fn a_range_is_clipped_to_the_file_and_a_malformed_one_is_ignored() {
        use Content::{Full, Partial, RangeNotSatisfiable};
        for (range, expected) in [
            ("bytes=0-499", Partial(0..500)),
            ("bytes=500-", Partial(500..1000)),
            ("bytes=-200", Partial(800..1000)),
            ("bytes=-2000", Partial(0..1000)),
            ("bytes=999-9999", Partial(999..1000)),
            ("Bytes= 0-0", Partial(0..1)),
            ("bytes=1000-", RangeNotSatisfiable),
            ("bytes=2000-3000", RangeNotSatisfiable),
            ("bytes=-0", RangeNotSatisfiable),
            ("bytes=99999999999999999999-", RangeNotSatisfiable),
            ("bytes=5-3", Full),
            ("bytes=0-1,5-6", Full),
            ("bytes=a-b", Full),
            ("bytes=-", Full),
            ("bytes=+1-2", Full),
            ("items=0-1", Full),
            ("nonsense", Full),
        ] {
            assert_eq!(content(&[("range", range)]), expected, "{range}");
        }
    }

    #[test]
    fn preconditions_come_before_the_range() {
        use Content::{Full, NotModified, Partial};
        assert_eq!(content(&[("if-none-match", "\"v1\"")]), NotModified);
        assert_eq!(content(&[("if-none-match", "\"v0\", \"v1\"")]), NotModified);
        assert_eq!(content(&[("if-none-match", "*")]), NotModified);
        assert_eq!(content(&[("if-none-match", "\"v0\"")]), Full);
        let range = ("range", "bytes=0-9");
        assert_eq!(content(&[range, ("if-range", "\"v1\"")]), Partial(0..10));
        assert_eq!(content(&[range, ("if-range", "\"v0\"")]), Full);
        assert_eq!(content(&[range, ("if-none-match", "\"v1\"")]), NotModified);
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
