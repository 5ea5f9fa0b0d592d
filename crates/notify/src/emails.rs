//! Emails about jobs.

use tonearm_jobs::{Failure, Job, State};
use tonearm_mail::{FileNotice, MailError, Message, Notice, compose};
use tonearm_worker::{EmailItem, Outcome, Work};

use crate::api::{self, EmailApi};
use crate::settings::Settings;

/// Sends emails about jobs.
pub(crate) struct Sender<'s> {
    pub(crate) api: &'s dyn EmailApi,
    pub(crate) settings: &'s Settings,
}

impl Work for Sender<'_> {
    type Item = EmailItem;
    type Product = ();

    fn attempt(&self, item: &EmailItem) -> Outcome<()> {
        let message = message(item, self.settings);
        match api::send(self.api, self.settings, message) {
            Ok(()) => Outcome::Done {
                product: (),
                note: format!("provider={}", self.settings.mail.provider()),
            },
            Err(error) => Outcome::Failed(error),
        }
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        api::gave_up(last)
    }
}

/// The email about the end of the jobs of an upload, or of one job.
fn message(item: &EmailItem, settings: &Settings) -> Result<Message, MailError> {
    let files: Vec<_> = item.jobs().iter().map(File::of).collect();
    let files: Vec<_> = files.iter().map(File::notice).collect();
    let upload = item.upload().map(|id| id.to_string());
    let notice = Notice {
        upload: upload.as_deref(),
        to: item.to(),
        is_confirmed: item.is_confirmed(),
        files: &files,
        round: match upload {
            // A job that is requeued later has an email of its own.
            Some(_) => 0,
            None => item.job().requeues,
        },
    };
    compose(&notice, &settings.mail, &settings.public_url)
}

/// What an email says about a job, with the texts that [`FileNotice`] borrows.
struct File<'j> {
    job: &'j Job,
    id: String,
    kept_until: Option<String>,
    warnings: Vec<String>,
}

impl<'j> File<'j> {
    fn of(job: &'j Job) -> Self {
        let warnings = job.mp3.as_ref().map_or_else(Vec::new, |mp3| {
            let warnings = mp3.warnings();
            warnings.into_iter().map(|one| one.message).collect()
        });
        Self {
            job,
            id: job.id.to_string(),
            kept_until: job.mp3_kept_until(),
            warnings,
        }
    }

    fn notice(&self) -> FileNotice<'_> {
        let outcome = match (self.job.state, &self.job.mp3, &self.job.error) {
            (State::Done, Some(mp3), _) => tonearm_mail::Outcome::Done {
                duration: mp3.duration,
                bytes: mp3.bytes,
                kept_until: self.kept_until.as_deref(),
                warnings: &self.warnings,
            },
            (_, _, Some(failure)) => tonearm_mail::Outcome::Failed {
                reason: &failure.message,
            },
            (_, _, None) => tonearm_mail::Outcome::Failed {
                reason: "The file could not be converted.",
            },
        };
        FileNotice {
            id: &self.id,
            name: &self.job.name,
            outcome,
        }
    }
}
