//! Names of languages, which containers write in three ways: two letters (ISO
//! 639-1), three letters of two kinds (ISO 639-2/T and /B), and tags that begin
//! with either (BCP 47).

/// Two letters, three letters, and the bibliographic three where they differ.
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

/// Longest tag that is believed to be one.
const MAX_LENGTH: usize = 16;

/// The tag, where it is one that tells something.
pub fn plain(tag: &str) -> Option<&str> {
    let is_tag = (2..=MAX_LENGTH).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_tag && tag != "und").then_some(tag)
}

/// Whether a file's tag is of the wanted language: the same, or the same with
/// something added, as `de-AT` is to `de`, however many letters either uses.
pub fn matches(tag: &str, wanted: &str) -> bool {
    let (tag, wanted) = (parts(tag), parts(wanted));
    !wanted.is_empty() && tag.starts_with(&wanted)
}

/// The parts of a tag, the first as two letters where it has two.
fn parts(tag: &str) -> Vec<String> {
    let mut parts: Vec<String> = tag
        .split(['-', '_'])
        .take(8)
        .map(str::to_ascii_lowercase)
        .collect();
    let known = parts.first().and_then(|first| {
        CODES
            .iter()
            .find(|(_, terminology, bibliographic)| first == terminology || first == bibliographic)
    });
    if let (Some((two, ..)), Some(first)) = (known, parts.first_mut()) {
        *first = (*two).to_owned();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_language_by_several_names() {
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
