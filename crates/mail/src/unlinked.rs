//! Keeping text of strangers from becoming a link.
//!
//! Mail programs make links of whatever looks like an address, also in plain text. The name
//! of a file could so lead a reader of our email to a page of somebody else. A zero width
//! space after each separator stops that, and the text looks the same. Ordinary file names,
//! such as `lecture.mp4`, stay as they are.

/// U+200B ZERO WIDTH SPACE: no part of an address for any mail program.
const BREAK: char = '\u{200B}';

/// The separators of addresses. The last three dots are read as dots in domain names
/// (UTS 46, section 4).
const SEPARATORS: [char; 8] = ['.', ':', '@', '/', '\\', '\u{3002}', '\u{FF0E}', '\u{FF61}'];

/// Extensions of media files that consist of letters and are no top-level domain. `mov` and
/// `au` are ones, and a top-level domain has no digit, so `mp4` needs no mention.
#[rustfmt::skip]
const EXTENSIONS: [&str; 38] = [
    "aac", "aif", "aifc", "aiff", "amr", "ape", "asf", "avi", "caf", "dff", "dsf", "flac", "flv",
    "mka", "mkv", "mpc", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogv", "opus", "qt", "ra", "rm",
    "rmvb", "spx", "tak", "ts", "tta", "vob", "wav", "webm", "wma", "wmv", "wv",
];

/// The text, with every word that a mail program could take for an address broken.
pub(crate) fn unlinked(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words
        .map(|word| match looks_like_address(word) {
            true => broken(word),
            false => word.to_owned(),
        })
        .collect()
}

/// Whether a mail program could take some part of the text for an address.
pub(crate) fn looks_like_address(text: &str) -> bool {
    text.contains('@')
        || text.contains("//")
        || text.to_ascii_lowercase().contains("www.")
        || has_scheme(text)
        || has_domain(text)
        || text
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .any(is_ipv4)
}

/// `mailto:x`: a colon between a letter and something else than white space.
fn has_scheme(text: &str) -> bool {
    text.match_indices(':').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + 1..].chars().next();
        before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphanumeric)
    })
}

/// A dot before what could be a top-level domain.
fn has_domain(text: &str) -> bool {
    let mut dots = text.match_indices(|c: char| SEPARATORS.contains(&c) && !":@/\\".contains(c));
    dots.any(|(at, dot)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + dot.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-');
        let (label, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let mut rest = rest.chars();
        let is_last = !(rest.next().is_some_and(|c| SEPARATORS.contains(&c))
            && rest.next().is_some_and(char::is_alphanumeric));
        before.is_some_and(char::is_alphanumeric)
            && could_be_top_level(label)
            && !(is_last && EXTENSIONS.contains(&&*label.to_ascii_lowercase()))
    })
}

fn could_be_top_level(label: &str) -> bool {
    let is_word = label.chars().count() >= 2 && label.chars().all(char::is_alphabetic);
    is_word || label.to_ascii_lowercase().starts_with("xn--")
}

fn is_ipv4(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

/// A break after each separator that is followed by more.
fn broken(word: &str) -> String {
    let mut text = String::with_capacity(word.len() * 2);
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        text.push(c);
        if SEPARATORS.contains(&c) && characters.peek().is_some_and(|next| !next.is_whitespace()) {
            text.push(BREAK);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_stay_as_they_are() {
        for name in [
            "lecture.mp4",
            "Holiday & more.mp3",
            "talk.final2.webm",
            "Folge 3.2 – Anfang.mkv",
            "Dr. Who.m4a",
            "clip.TS",
            "10:30 Uhr.mp4",
            "a.b.mp4",
            "Ärzte.wav",
            "nothing",
            "The file was cut off. The MP3 has the sound up to there.",
        ] {
            assert_eq!(unlinked(name), name);
        }
    }

    #[test]
    fn addresses_are_broken_after_each_separator() {
        for (name, shown) in [
            ("secure-bank.example", "secure-bank.|example"),
            ("secure-bank.example.mp3", "secure-bank.|example.|mp3"),
            (
                "https://evil.example/x.mp4",
                "https:|/|/|evil.|example/|x.|mp4",
            ),
            ("www.x.de", "www.|x.|de"),
            ("WWW.x1.mp4", "WWW.|x1.|mp4"),
            ("user@example.com", "user@|example.|com"),
            ("mailto:user", "mailto:|user"),
            ("holiday.mov", "holiday.|mov"),
            ("see (evil.com) now.mp4", "see (evil.|com) now.mp4"),
            ("evil.com/login", "evil.|com/|login"),
            ("evil\u{3002}com", "evil\u{3002}|com"),
            ("evil.xn--p1ai", "evil.|xn--p1ai"),
            ("evil.рф", "evil.|рф"),
            ("at 192.168.0.1", "at 192.|168.|0.|1"),
            ("localhost:8080", "localhost:|8080"),
            ("evil.ts.com", "evil.|ts.|com"),
            ("Made from evil.com: 3 s", "Made from evil.|com: 3 s"),
        ] {
            assert_eq!(unlinked(name), shown.replace('|', "\u{200B}"), "{name}");
        }
    }
}
