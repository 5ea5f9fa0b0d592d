//! File names: taken from users, given to users, never used as keys or paths.

/// Longest name that is kept, in characters. File systems stop at 255 bytes;
/// this leaves room for what a browser or a shell adds.
const LONGEST: usize = 180;

/// A user's name for a file, made safe to show: the part after the last slash
/// or backslash, without control characters and what reverses text direction,
/// shortened. Without anything left it is `upload`.
pub fn clean(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = base
        .chars()
        .filter(|c| !c.is_control() && !is_format(*c))
        .take(LONGEST)
        .collect();
    let trimmed = cleaned.trim().trim_matches('.').trim();
    if trimmed.is_empty() {
        "upload".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// The name of the MP3 made of the file `name`.
pub fn mp3(name: &str) -> String {
    let cleaned = clean(name);
    let stem = match cleaned.rsplit_once('.') {
        // "talk.final" keeps its dot: an extension is short and alphanumeric.
        Some((stem, extension))
            if !stem.is_empty()
                && (1..=4).contains(&extension.len())
                && extension.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => &cleaned,
    };
    format!("{stem}.mp3")
}

/// Invisible characters that can make a name read as something else.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (given, kept) in [
            ("talk.mp4", "talk.mp4"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Videos\\my talk.mov", "my talk.mov"),
            ("a\r\nX-Evil: 1.mp4", "aX-Evil: 1.mp4"),
            ("...", "upload"),
            ("", "upload"),
            ("dir/", "upload"),
            ("ex\u{202E}3pm.exe", "ex3pm.exe"),
            ("Vortrag über Käse.mp4", "Vortrag über Käse.mp4"),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
        assert_eq!(clean(&"ä".repeat(1000)).chars().count(), LONGEST);
    }

    #[test]
    fn the_mp3_takes_the_name_of_its_source() {
        for (given, named) in [
            ("talk.mp4", "talk.mp3"),
            ("talk", "talk.mp3"),
            ("talk.final", "talk.final.mp3"),
            ("a.b.webm", "a.b.mp3"),
            (".mp4", "mp4.mp3"),
            ("x.m4a", "x.mp3"),
        ] {
            assert_eq!(mp3(given), named, "{given:?}");
        }
    }
}
