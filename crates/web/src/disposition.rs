//! `Content-Disposition` (RFC 6266, with RFC 8187 for names beyond ASCII).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but `attr-char` (RFC 8187, section 3.2.1).
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

/// A header that has the answer saved under `name`. Old clients read the first
/// form, with `_` for what ASCII or a quoted string cannot hold; all others
/// read the second.
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
    fn names_of_all_kinds() {
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
        fn it_is_always_one_header_value(name in ".*") {
            let value = attachment(&name);
            proptest::prop_assert!(http::HeaderValue::from_str(&value).is_ok());
            proptest::prop_assert_eq!(value.matches('"').count(), 2);
        }
    }
}
