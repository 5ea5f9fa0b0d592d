//! The words of the mails, as text and as HTML.

use std::time::Duration;

use tonearm_web::file_name;

use crate::escape::{self, html, shell};
use crate::notice::{Notice, Outcome};

/// A reason is one sentence; this is a long one.
const LONGEST_REASON: usize = 500;

/// What a mail says, before it has a form.
pub(crate) struct Content {
    pub(crate) subject: String,
    headline: String,
    paragraphs: Vec<String>,
    /// A link's label and its address.
    link: (&'static str, String),
    /// A shell line, with a word before it.
    command: Option<(&'static str, String)>,
    id: String,
}

pub(crate) fn content(notice: &Notice<'_>, public_url: &str) -> Content {
    let source = file_name::clean(notice.name);
    match notice.outcome {
        Outcome::Done {
            duration,
            bytes,
            kept_until,
            warnings,
        } => {
            let mp3 = file_name::mp3(notice.name);
            let link = format!("{public_url}/download?fid={}", notice.id);
            let command = format!(
                "curl -H \"Authorization: Bearer $TOKEN\" \\\n  --output {} \\\n  {}",
                shell(&mp3),
                shell(&link)
            );
            let warnings = warnings.iter();
            let warnings = warnings.map(|warning| escape::line(warning, LONGEST_REASON));
            let made = format!(
                "Made from {source}: {}, {}.{}",
                time(duration),
                size(bytes),
                kept_until.map_or_else(String::new, |day| format!(" Kept until {day}."))
            );
            Content {
                subject: format!("Your MP3 is ready: {mp3}"),
                headline: format!("{mp3} is ready"),
                paragraphs: std::iter::once(made).chain(warnings).collect(),
                link: ("Download", link),
                command: Some(("Or with curl, $TOKEN being the token from /login:", command)),
                id: notice.id.to_owned(),
            }
        }
        Outcome::Failed { reason } => Content {
            subject: format!("Could not convert {source}"),
            headline: format!("{source} could not be converted"),
            paragraphs: vec![escape::line(reason, LONGEST_REASON)],
            link: ("Details", format!("{public_url}/jobs/{}", notice.id)),
            command: None,
            id: notice.id.to_owned(),
        },
    }
}

impl Content {
    pub(crate) fn text(&self) -> String {
        let Self {
            headline,
            link: (label, link),
            id,
            ..
        } = self;
        let command = match &self.command {
            Some((words, command)) => format!("{words}\n\n{command}\n\n"),
            None => String::new(),
        };
        let paragraphs = self.paragraphs.join("\n\n");
        format!("{headline}\n\n{paragraphs}\n\n{label}: {link}\n\n{command}File id: {id}\n")
    }

    pub(crate) fn html(&self) -> String {
        let (label, link) = &self.link;
        let command = match &self.command {
            Some((words, command)) => format!("<p>{}</p>\n<pre>{}</pre>\n", words, html(command)),
            None => String::new(),
        };
        let paragraphs = self.paragraphs.iter();
        let paragraphs: String = paragraphs
            .map(|paragraph| format!("<p>{}</p>\n", html(paragraph)))
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
             </head>\n<body>\n<h1>{}</h1>\n{paragraphs}<p><a href=\"{}\">{label}</a></p>\n\
             {command}<p>File id: <code>{}</code></p>\n</body></html>\n",
            html(&self.subject),
            html(&self.headline),
            html(link),
            html(&self.id),
        )
    }
}

/// `1 h 2 min 3 s`, `2 min 3 s`, `3 s`.
fn time(duration: Duration) -> String {
    let seconds = (duration.as_millis() + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min {seconds} s"),
    }
}

/// In the units of file managers, powers of a thousand.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes() {
        for (ms, want) in [
            (0, "0 s"),
            (499, "0 s"),
            (500, "1 s"),
            (59_500, "1 min 0 s"),
            (3_723_000, "1 h 2 min 3 s"),
        ] {
            assert_eq!(time(Duration::from_millis(ms)), want);
        }
        for (bytes, want) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 KB"),
            (1_949_999, "1.9 MB"),
            (1_950_000, "2.0 MB"),
            (2_147_483_648, "2.1 GB"),
        ] {
            assert_eq!(size(bytes), want);
        }
        assert!(size(u64::MAX).ends_with("GB"));
    }
}
