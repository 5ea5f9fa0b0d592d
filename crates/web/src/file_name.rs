//! File names from and for users. They are never used as keys or paths.

/// Most characters of a name. File systems allow 255 bytes; the rest is for suffixes of
/// browsers and shells.
const MAX_CHARACTERS: usize = 180;

/// Makes a user's file name safe to show: the part after the last slash or backslash,
/// without control characters and characters that reverse the text direction, shortened;
/// `upload` if nothing remains.
pub fn clean(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = base
        .chars()
        .filter(|c| !c.is_control() && !is_format(*c))
        .take(MAX_CHARACTERS)
        .collect();
    let trimmed = cleaned.trim().trim_matches('.').trim();
    if trimmed.is_empty() {
        "upload".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// The name of the MP3 for the file `name`.
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

/// Invisible characters that can make a name look like another.
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
        assert_eq!(clean(&"ä".repeat(1000)).chars().count(), MAX_CHARACTERS);
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
