//! The text of the emails, as plain text and as HTML.

use std::time::Duration;

use askama::Template;
use tonearm_web::file_name;

use crate::MailError;
use crate::escape::{self, shell};
use crate::notice::{Notice, Outcome};

/// Maximum length of a reason, which is one sentence.
const MAX_REASON_CHARS: usize = 500;

/// The content of an email, independent of its format.
#[derive(Template)]
#[template(path = "email.html")]
pub(crate) struct Content {
    pub(crate) subject: String,
    headline: String,
    paragraphs: Vec<String>,
    /// The label of the link, and its URL.
    link: (&'static str, String),
    /// The introduction of the shell command, and the command.
    command: Option<(&'static str, String)>,
    id: String,
}

/// The content of the email about `notice`.
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
            let warnings = warnings.map(|warning| escape::line(warning, MAX_REASON_CHARS));
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
            paragraphs: vec![escape::line(reason, MAX_REASON_CHARS)],
            link: ("Details", format!("{public_url}/jobs/{}", notice.id)),
            command: None,
            id: notice.id.to_owned(),
        },
    }
}

impl Content {
    /// The body as plain text.
    pub(crate) fn text(&self) -> String {
        let Self {
            headline,
            link: (label, link),
            id,
            ..
        } = self;
        let command = match &self.command {
            Some((introduction, command)) => format!("{introduction}\n\n{command}\n\n"),
            None => String::new(),
        };
        let paragraphs = self.paragraphs.join("\n\n");
        format!("{headline}\n\n{paragraphs}\n\n{label}: {link}\n\n{command}File id: {id}\n")
    }

    /// The body as HTML.
    pub(crate) fn html(&self) -> Result<String, MailError> {
        self.render()
            .map_err(|error| MailError::Render(error.to_string()))
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

/// In decimal units, as file managers display sizes.
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
    fn times_and_sizes_are_rounded_for_people() {
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
