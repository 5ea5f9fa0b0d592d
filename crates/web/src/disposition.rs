//! `Content-Disposition` (RFC 6266, with RFC 8187 for names beyond ASCII).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All characters but `attr-char` (RFC 8187, section 3.2.1).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A header value that makes clients save the response as `name`. Old clients read the
/// first form, which has `_` for characters that a quoted ASCII string cannot hold;
/// others read the second.
pub fn attachment(name: &str) -> String {
    let fallback: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            ' '..='~' => c,
            _ => '_',
        })
        .collect();
    let exact = utf8_percent_encode(name, VALUE);
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_encoded() {
        insta::assert_snapshot!(
            [
                "talk.mp3",
                "Käse & \"Wein\".mp3",
                "a\r\nb.mp3",
                "100%\\.mp3",
                "日本.mp3"
            ]
            .map(attachment)
            .join("\n")
        );
    }

    proptest::proptest! {
        #[test]
        fn the_result_is_always_one_header_value(name in ".*") {
            let value = attachment(&name);
            proptest::prop_assert!(http::HeaderValue::from_str(&value).is_ok());
            proptest::prop_assert_eq!(value.matches('"').count(), 2);
        }
    }
}
