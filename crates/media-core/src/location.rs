//! Detects geographic coordinates in texts, which must not reach the MP3.

/// Whether a text contains coordinates: in the form of ISO 6709 that cameras write, as in
/// "+37.3349-122.0090+010/", or as two decimal numbers, as in "37.3349, -122.0090".
pub(crate) fn is_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| iso_6709(&bytes[at..]) || is_pair(bytes, at))
}

/// A latitude with its sign and at least two digits, then a longitude with three.
fn iso_6709(bytes: &[u8]) -> bool {
    let signed = |bytes: &[u8]| match bytes.split_first() {
        Some((b'+' | b'-', rest)) => number(rest),
        _ => None,
    };
    let Some(latitude) = signed(bytes) else {
        return false;
    };
    let longitude = signed(bytes.get(1 + latitude.length..).unwrap_or_default());
    // Degrees; degrees and minutes; degrees, minutes and seconds.
    longitude.is_some_and(|longitude| match (latitude.digits, longitude.digits) {
        (2, 3) => latitude.decimals > 0,
        digits => matches!(digits, (4, 5) | (6, 7)),
    })
}

/// Two numbers with at least three decimals each, separated by a comma or a space.
fn is_pair(bytes: &[u8], at: usize) -> bool {
    let starts = at == 0 || !matches!(bytes[at - 1], b'0'..=b'9' | b'.');
    let Some(first) = number(&bytes[at..]).filter(|_| starts) else {
        return false;
    };
    let rest = bytes.get(at + first.length..).unwrap_or_default();
    let is_separator = |byte: &u8| matches!(byte, b',' | b';' | b' ' | b'-' | b'+');
    let gap = rest.iter().take_while(|byte| is_separator(byte)).count();
    let second = number(rest.get(gap..).unwrap_or_default());
    let is_fine = |number: Number| number.decimals >= 3 && number.digits <= 3;
    (1..=4).contains(&gap) && is_fine(first) && second.is_some_and(is_fine)
}

#[derive(Clone, Copy)]
struct Number {
    length: usize,
    /// Digits before the point.
    digits: usize,
    decimals: usize,
}

/// The unsigned decimal number at the start of these bytes.
fn number(bytes: &[u8]) -> Option<Number> {
    let count = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let digits = count(bytes);
    let decimals = match bytes.get(digits) {
        Some(b'.') => count(&bytes[digits + 1..]),
        _ => 0,
    };
    let length = digits + if decimals > 0 { 1 + decimals } else { 0 };
    (digits > 0).then_some(Number {
        length,
        digits,
        decimals,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_detected_and_other_numbers_are_not() {
        for text in [
            "+37.3349-122.0090/",
            "+37.3349-122.0090+010.0/",
            "taken at -33.8568+151.2153",
            "+4852.858+00217.668/",
            "+485130+0021740/",
            "37.3349, -122.0090",
            "GPS 48.8583 2.2944",
            "(48.858,2.294)",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "",
            "24+7-365",
            "Opus 10, 2.5",
            "+49-30-1234567",
            "1999-12-31",
            "3.14159 is pi",
            "4.5 of 5.0",
            "1.234.567,891",
            "LAME 3.100 -V1 +2 dB",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
