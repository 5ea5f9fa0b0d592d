//! The charset of texts whose container states none, or states one that writers ignore.
//!
//! Old programs wrote the charset of their computer: cp932, GBK, cp1251. It is detected from
//! all texts of a tag together. Where the evidence is thin, the texts are left out: the
//! title then is the name of the file, which is better than noise.

use chardetng::EncodingDetector;
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, KOI8_R, KOI8_U, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
    WINDOWS_1258,
};

/// Encodings of two bytes to a character.
const WIDE: [&Encoding; 5] = [SHIFT_JIS, GBK, BIG5, EUC_KR, EUC_JP];
/// Encodings of one byte to a character.
const NARROW: [&Encoding; 11] = [
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1252,
    WINDOWS_1253,
    WINDOWS_1254,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_1257,
    WINDOWS_1258,
    KOI8_R,
    KOI8_U,
];
/// Characters of a wide encoding below which detection is a guess.
const ENOUGH: usize = 4;

/// The charset of the texts of a tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charset(Option<&'static Encoding>);

impl Charset {
    /// Detects the charset of texts that are not all ASCII.
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut detector = EncodingDetector::new();
        let mut all = Vec::new();
        for text in texts {
            if !text.is_ascii() && str::from_utf8(text).is_err() {
                detector.feed(text, false);
                detector.feed(b"\n", false);
                all.extend_from_slice(text);
            }
        }
        detector.feed(b"", true);
        let encoding = detector.guess(None, false);
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(&all);
        let is_likely = decoded.is_some_and(|text| is_likely(&text, encoding));
        Self(is_likely.then_some(encoding))
    }

    /// Decodes a text, which is UTF-8 where it is valid UTF-8. `None` if the charset is
    /// unknown.
    pub(crate) fn decode(self, text: &[u8]) -> Option<String> {
        if let Ok(text) = str::from_utf8(text) {
            return Some(text.to_owned());
        }
        let decoded = self
            .0?
            .decode_without_bom_handling_and_without_replacement(text);
        decoded.map(|text| text.into_owned())
    }
}

/// Whether a text is one that people write, and long enough for the detection.
fn is_likely(text: &str, encoding: &'static Encoding) -> bool {
    let foreign = || text.chars().filter(|letter| !letter.is_ascii());
    let is_wide = WIDE.contains(&encoding) && foreign().count() >= ENOUGH;
    let is_narrow = NARROW.contains(&encoding) && foreign().all(is_narrow_letter);
    (is_wide || is_narrow)
        && !text
            .chars()
            .any(|letter| letter.is_control() && letter != '\0')
}

fn is_narrow_letter(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '\u{a0}' | '–' | '—' | '’' | '…' | '«' | '»' | '°')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: &'static Encoding, text: &str) -> Option<String> {
        let (bytes, _, _) = encoding.encode(text);
        Charset::of([&*bytes]).decode(&bytes)
    }

    #[test]
    fn legacy_charsets_are_detected() {
        for (encoding, text) in [
            (SHIFT_JIS, "テスト動画"),
            (SHIFT_JIS, "Track 01 初音ミク"),
            (GBK, "你的承诺"),
            (EUC_KR, "소녀시대"),
            (WINDOWS_1251, "Группа крови"),
            (WINDOWS_1251, "Кино"),
            (KOI8_R, "Группа крови"),
            (WINDOWS_1252, "Grüße"),
            (WINDOWS_1252, "Édith Piaf – La vie en rose"),
            (WINDOWS_1250, "Dvořák"),
            (WINDOWS_1253, "Ελλάδα"),
        ] {
            assert_eq!(decoded(encoding, text).as_deref(), Some(text));
        }
    }

    #[test]
    fn texts_too_short_to_detect_are_left_out() {
        for (encoding, text) in [
            (SHIFT_JIS, "東京"),
            (SHIFT_JIS, "ｶﾀｶﾅ"),
            (GBK, "晴天"),
            (BIG5, "周杰倫"),
            (BIG5, "晴天"),
        ] {
            assert_eq!(decoded(encoding, text), None, "{text}");
        }
    }

    #[test]
    fn utf_8_stays_as_it_is_and_texts_are_detected_together() {
        let (title, _, _) = GBK.encode("晴天");
        let (artist, _, _) = GBK.encode("周杰伦");
        let utf_8 = "Über".as_bytes();
        let charset = Charset::of([&*title, &*artist, utf_8]);
        assert_eq!(charset.decode(&title).as_deref(), Some("晴天"));
        assert_eq!(charset.decode(utf_8).as_deref(), Some("Über"));
        assert_eq!(charset.decode(b"plain").as_deref(), Some("plain"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_decode_to_replacement_characters(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60),
        ) {
            let text = Charset::of([bytes.as_slice()]).decode(&bytes);
            // Valid UTF-8 may contain the character itself.
            let is_fine = text.is_none_or(|text| !text.contains('\u{fffd}'));
            proptest::prop_assert!(is_fine || str::from_utf8(&bytes).is_ok());
        }
    }
}
