//! The emails as the worker sends them.

use std::rc::Rc;

use tonearm_jobs::Failure;
use tonearm_mail::Delivery;
use tonearm_spin_runtime::redis;
use tonearm_worker::{
    AttemptError, EmailItem, Emails, Outcome, QueueClient, Retry, SystemClock, Work, Worker,
    worker_name,
};

use crate::deliver::deliver;
use crate::settings::Settings;

/// Sends every email that is due. With invalid settings no email is claimed, so their
/// attempts are not used up before the operator has corrected them.
pub fn drain() -> anyhow::Result<()> {
    let settings = Settings::load()?;
    let client = QueueClient::open(redis::reconnect, Rc::new(SystemClock::default()))?;
    let worker = Worker {
        queue: &Emails::new(&client, worker_name("notifier"), settings.lease),
        work: &Notifier(&settings),
        clock: client.clock(),
        max_attempts: settings.max_attempts,
    };
    Ok(worker.drain()?)
}

struct Notifier<'s>(&'s Settings);

impl Work for Notifier<'_> {
    type Item = EmailItem;
    type Product = ();

    /// The idempotency key keeps the email API from sending an email twice after a
    /// lost reply.
    fn attempt(&self, item: &EmailItem) -> Outcome<()> {
        match deliver(item, self.0) {
            Delivery::Sent => Outcome::Done {
                product: (),
                note: format!("provider={}", self.0.mail.provider()),
            },
            Delivery::Retry { after, reason } => Outcome::Failed(AttemptError {
                failure: Failure::new(
                    "email_api_unavailable",
                    "The email could not be sent yet; it will be tried again.",
                ),
                detail: reason,
                retry: Retry::NotBefore(after.unwrap_or_default()),
                tracks: Vec::new(),
            }),
            Delivery::Rejected { reason } => Outcome::Failed(AttemptError {
                failure: Failure::new("email_rejected", NOT_SENT),
                detail: reason,
                retry: Retry::Never,
                tracks: Vec::new(),
            }),
        }
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        let code = last.map_or("email_rejected", |_| "email_gave_up");
        Failure::new(code, NOT_SENT)
    }
}

/// For the owner of the file.
const NOT_SENT: &str = "The email could not be sent.";
