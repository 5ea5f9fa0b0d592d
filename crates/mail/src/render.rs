//! The words of emails about jobs.

use tonearm_web::file_name;

use crate::document::{Block, Document};
use crate::escape::{self, shell};
use crate::notice::{FileNotice, Notice, Outcome};
use crate::units;
use crate::unlinked::{looks_like_address, unlinked};

/// Maximum length of a reason, which is one sentence.
const MAX_REASON_CHARS: usize = 500;

const WITH_CURL: &str = "Or with curl, $TOKEN being the token from /login:";

/// The words of the email about `notice`.
pub(crate) fn document(notice: &Notice<'_>, public_url: &str) -> Document {
    match notice.files {
        [file] => one(file, notice.is_confirmed, public_url),
        files => several(files, public_url),
    }
}

fn one(file: &FileNotice<'_>, is_confirmed: bool, public_url: &str) -> Document {
    let (subject, name) = match file.outcome {
        Outcome::Done { .. } => ("Your MP3 is ready", file_name::mp3(file.name)),
        Outcome::Failed { .. } => ("Could not convert", file_name::clean(file.name)),
    };
    let subject = match (is_confirmed, file.outcome) {
        (true, Outcome::Done { .. }) => format!("{subject}: {name}"),
        (true, Outcome::Failed { .. }) => format!("{subject} {name}"),
        (false, Outcome::Done { .. }) => subject.to_owned(),
        (false, Outcome::Failed { .. }) => format!("{subject} your file"),
    };
    let mut blocks = details(file, public_url);
    if let Some(command) = command(file, public_url, false) {
        blocks.extend([Block::Text(WITH_CURL.to_owned()), Block::Command(command)]);
    }
    blocks.push(Block::FileId(file.id.to_owned()));
    Document {
        subject,
        headline: headline(file),
        blocks,
    }
}

fn several(files: &[FileNotice<'_>], public_url: &str) -> Document {
    let ready = files.iter().filter(|file| file.is_ready()).count();
    let headline = match files.len() {
        all if ready == all => format!("{all} files are ready"),
        all if ready == 0 => format!("{all} files could not be converted"),
        all if ready == 1 => format!("1 of {all} files is ready"),
        all => format!("{ready} of {all} files are ready"),
    };
    let mut blocks = Vec::new();
    for file in files {
        blocks.push(Block::Heading(self::headline(file)));
        blocks.extend(details(file, public_url));
    }
    let commands = files.iter().filter_map(|file| {
        // Two files of one name would be downloaded to one file.
        let mp3 = file_name::mp3(file.name);
        let of_this_name = |other: &&FileNotice<'_>| file_name::mp3(other.name) == mp3;
        let is_ambiguous = files.iter().filter(of_this_name).count() > 1;
        command(file, public_url, is_ambiguous)
    });
    let commands: Vec<_> = commands.collect();
    if !commands.is_empty() {
        blocks.push(Block::Text(WITH_CURL.to_owned()));
        blocks.push(Block::Command(commands.join("\n\n")));
    }
    Document {
        subject: headline.clone(),
        headline,
        blocks,
    }
}

fn headline(file: &FileNotice<'_>) -> String {
    match file.outcome {
        Outcome::Done { .. } => format!("{} is ready", unlinked(&file_name::mp3(file.name))),
        Outcome::Failed { .. } => {
            let source = unlinked(&file_name::clean(file.name));
            format!("{source} could not be converted")
        }
    }
}

/// What became of the file, and the link to it.
fn details(file: &FileNotice<'_>, public_url: &str) -> Vec<Block> {
    let sentence = |text: &str| Block::Text(unlinked(&escape::line(text, MAX_REASON_CHARS)));
    match file.outcome {
        Outcome::Done {
            duration,
            bytes,
            kept_until,
            warnings,
        } => {
            let made = format!(
                "Made from {}: {}, {}.{}",
                unlinked(&file_name::clean(file.name)),
                units::duration(duration),
                units::size(bytes),
                kept_until.map_or_else(String::new, |day| format!(" Kept until {day}."))
            );
            let mut blocks = vec![Block::Text(made)];
            blocks.extend(warnings.iter().map(|warning| sentence(warning)));
            blocks.push(Block::Link {
                label: "Download",
                url: download_url(file, public_url),
            });
            blocks
        }
        Outcome::Failed { reason } => vec![
            sentence(reason),
            Block::Link {
                label: "Details",
                url: format!("{public_url}/jobs/{}", file.id),
            },
        ],
    }
}

/// The command that downloads the MP3, if there is one. The file has the id for its name
/// where its own is no good: a command must not contain the breaks of [`unlinked`].
fn command(file: &FileNotice<'_>, public_url: &str, is_ambiguous: bool) -> Option<String> {
    if !file.is_ready() {
        return None;
    }
    let mp3 = file_name::mp3(file.name);
    let output = match is_ambiguous || looks_like_address(&mp3) {
        true => format!("{}.mp3", file.id),
        false => mp3,
    };
    Some(format!(
        "curl -H \"Authorization: Bearer $TOKEN\" \\\n  --output {} \\\n  {}",
        shell(&output),
        shell(&download_url(file, public_url))
    ))
}

fn download_url(file: &FileNotice<'_>, public_url: &str) -> String {
    format!("{public_url}/download?fid={}", file.id)
}

impl FileNotice<'_> {
    fn is_ready(&self) -> bool {
        matches!(self.outcome, Outcome::Done { .. })
    }
}
