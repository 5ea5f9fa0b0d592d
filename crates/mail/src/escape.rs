//! Escaping untrusted text for HTML, a shell and a header line.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Escapes text for HTML, both in elements and in quoted attributes. The HTML
/// templates apply it to every value.
#[derive(Debug, Clone, Copy)]
pub struct HtmlEscaper;

impl Escaper for HtmlEscaper {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                c => out.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Quotes text as one word for a POSIX shell.
pub(crate) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Turns text into one line: control characters become spaces. Truncates it to
/// `max_chars` characters.
pub(crate) fn line(text: &str, max_chars: usize) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max_chars)
        .collect();
    flat.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_stays_inside_its_context() {
        let mut html = String::new();
        HtmlEscaper
            .write_escaped_str(&mut html, r#"<b a="x" b='y'>&</b>"#)
            .unwrap();
        assert_eq!(
            html,
            "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/b&gt;"
        );
        assert_eq!(shell("a b"), "'a b'");
        assert_eq!(shell("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
        assert_eq!(line("a\r\nBcc: x\0y\u{85}z", 80), "a  Bcc: x y z");
        assert_eq!(line("äöüß", 3), "äöü");
    }
}
