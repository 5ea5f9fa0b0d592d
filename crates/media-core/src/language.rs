//! Language codes, which containers write in three ways: two letters (ISO 639-1), three
//! letters (ISO 639-2/T or /B), and tags that begin with either (BCP 47).

/// ISO 639-1, 639-2/T, and 639-2/B where it differs.
const CODES: &[(&str, &str, &str)] = &[
    ("af", "afr", ""),
    ("am", "amh", ""),
    ("ar", "ara", ""),
    ("az", "aze", ""),
    ("be", "bel", ""),
    ("bg", "bul", ""),
    ("bn", "ben", ""),
    ("bo", "bod", "tib"),
    ("bs", "bos", ""),
    ("ca", "cat", ""),
    ("cs", "ces", "cze"),
    ("cy", "cym", "wel"),
    ("da", "dan", ""),
    ("de", "deu", "ger"),
    ("el", "ell", "gre"),
    ("en", "eng", ""),
    ("eo", "epo", ""),
    ("es", "spa", ""),
    ("et", "est", ""),
    ("eu", "eus", "baq"),
    ("fa", "fas", "per"),
    ("fi", "fin", ""),
    ("fo", "fao", ""),
    ("fr", "fra", "fre"),
    ("ga", "gle", ""),
    ("gd", "gla", ""),
    ("gl", "glg", ""),
    ("gu", "guj", ""),
    ("he", "heb", ""),
    ("hi", "hin", ""),
    ("hr", "hrv", ""),
    ("hu", "hun", ""),
    ("hy", "hye", "arm"),
    ("id", "ind", ""),
    ("is", "isl", "ice"),
    ("it", "ita", ""),
    ("ja", "jpn", ""),
    ("ka", "kat", "geo"),
    ("kk", "kaz", ""),
    ("km", "khm", ""),
    ("kn", "kan", ""),
    ("ko", "kor", ""),
    ("ku", "kur", ""),
    ("ky", "kir", ""),
    ("la", "lat", ""),
    ("lb", "ltz", ""),
    ("lo", "lao", ""),
    ("lt", "lit", ""),
    ("lv", "lav", ""),
    ("mi", "mri", "mao"),
    ("mk", "mkd", "mac"),
    ("ml", "mal", ""),
    ("mn", "mon", ""),
    ("mr", "mar", ""),
    ("ms", "msa", "may"),
    ("mt", "mlt", ""),
    ("my", "mya", "bur"),
    ("nb", "nob", ""),
    ("ne", "nep", ""),
    ("nl", "nld", "dut"),
    ("nn", "nno", ""),
    ("no", "nor", ""),
    ("pa", "pan", ""),
    ("pl", "pol", ""),
    ("ps", "pus", ""),
    ("pt", "por", ""),
    ("rm", "roh", ""),
    ("ro", "ron", "rum"),
    ("ru", "rus", ""),
    ("sa", "san", ""),
    ("si", "sin", ""),
    ("sk", "slk", "slo"),
    ("sl", "slv", ""),
    ("so", "som", ""),
    ("sq", "sqi", "alb"),
    ("sr", "srp", ""),
    ("sv", "swe", ""),
    ("sw", "swa", ""),
    ("ta", "tam", ""),
    ("te", "tel", ""),
    ("tg", "tgk", ""),
    ("th", "tha", ""),
    ("tk", "tuk", ""),
    ("tl", "tgl", ""),
    ("tr", "tur", ""),
    ("tt", "tat", ""),
    ("uk", "ukr", ""),
    ("ur", "urd", ""),
    ("uz", "uzb", ""),
    ("vi", "vie", ""),
    ("yi", "yid", ""),
    ("zh", "zho", "chi"),
    ("zu", "zul", ""),
];

/// Longest plausible tag in bytes.
const MAX_LENGTH: usize = 16;

/// The tag, if it is well-formed and names a language.
pub fn plain(tag: &str) -> Option<&str> {
    let is_tag = (2..=MAX_LENGTH).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_tag && tag != "und").then_some(tag)
}

/// Whether a language tag of a file matches the wanted one: it is equal or more specific,
/// as `de-AT` is for `de`. Two-letter and three-letter codes are equivalent.
pub fn matches(tag: &str, wanted: &str) -> bool {
    let (tag, wanted) = (subtags(tag), subtags(wanted));
    !wanted.is_empty() && tag.starts_with(&wanted)
}

/// The subtags of a tag, with the language as two letters where ISO 639-1 has a code.
fn subtags(tag: &str) -> Vec<String> {
    let mut subtags: Vec<String> = tag
        .split(['-', '_'])
        .take(8)
        .map(str::to_ascii_lowercase)
        .collect();
    let known = subtags.first().and_then(|first| {
        CODES
            .iter()
            .find(|(_, terminology, bibliographic)| first == terminology || first == bibliographic)
    });
    if let (Some((two, ..)), Some(first)) = (known, subtags.first_mut()) {
        *first = (*two).to_owned();
    }
    subtags.retain(|subtag| !subtag.is_empty());
    subtags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_and_more_specific_codes_match() {
        for (tag, wanted) in [
            ("deu", "de"),
            ("ger", "de"),
            ("de", "ger"),
            ("de-AT", "deu"),
            ("DE-at", "de-AT"),
            ("jpn", "jpn"),
            ("xyz", "XYZ"),
        ] {
            assert!(matches(tag, wanted), "{tag} {wanted}");
        }
        for (tag, wanted) in [
            ("deu", "en"),
            ("de", "de-AT"),
            ("eng", ""),
            ("", "de"),
            ("den", "de"),
        ] {
            assert!(!matches(tag, wanted), "{tag} {wanted}");
        }
        assert_eq!(plain("und"), None);
        assert_eq!(plain("d\n"), None);
    }
}
