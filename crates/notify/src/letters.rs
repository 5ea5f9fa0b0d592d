//! Letters: emails about accounts.

use std::time::{SystemTime, UNIX_EPOCH};

use tonearm_jobs::{Failure, LetterEnd};
use tonearm_letters::SealingKey;
use tonearm_mail::{LetterNotice, compose_letter};
use tonearm_worker::{AttemptError, LetterItem, Outcome, Retry, Work};

use crate::api::{self, EmailApi, NOT_SENT};
use crate::settings::Settings;

/// Sends letters.
pub(crate) struct Sender<'s> {
    pub(crate) api: &'s dyn EmailApi,
    pub(crate) settings: &'s Settings,
    pub(crate) key: &'s SealingKey,
}

impl Work for Sender<'_> {
    type Item = LetterItem;
    type Product = LetterEnd;

    fn attempt(&self, item: &LetterItem) -> Outcome<LetterEnd> {
        let id = item.id().to_string();
        let letter = match self.key.open(&id, item.sealed()) {
            Ok(letter) => letter,
            Err(error) => {
                return Outcome::Failed(AttemptError {
                    failure: Failure::new("letter_unreadable", NOT_SENT),
                    detail: error.to_string(),
                    retry: Retry::Never,
                    tracks: Vec::new(),
                });
            }
        };
        let (written_ms, event) = (item.id().created_ms(), letter.event.name());
        let expires_ms = letter.event.link().map(|link| link.expires_ms(written_ms));
        if expires_ms.is_some_and(|expires_ms| expires_ms <= now_ms()) {
            return Outcome::Done {
                product: LetterEnd::TooLate,
                note: format!("event={event} not sent: its link has expired"),
            };
        }
        let notice = LetterNotice {
            id: &id,
            written_ms,
            letter: &letter,
        };
        let message = compose_letter(&notice, &self.settings.mail, &self.settings.public_url);
        match api::send(self.api, self.settings, message) {
            Ok(()) => Outcome::Done {
                product: LetterEnd::Sent,
                note: format!("event={event} provider={}", self.settings.mail.provider()),
            },
            Err(error) => Outcome::Failed(error),
        }
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        api::gave_up(last)
    }
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}
