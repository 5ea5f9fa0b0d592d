//! Claims and what becomes of them.

use std::time::Duration;

use tonearm_jobs::{Claim, Failure, Fence, JobsError, Queue, State, retry_delay};
use tonearm_mail::{Delivery, MailError, Notice, Outcome, compose};
use tonearm_spin_runtime::fetch::fetch;
use tonearm_spin_runtime::queue_client::{self, QueueClient};

use crate::settings::Settings;

/// How long to wait for each of connecting, the first byte and the next. Three
/// of them stay below the shortest sensible lease.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends everything that is due. With wrong settings nothing is claimed: the
/// emails wait for the operator, and their attempts are not used up.
pub fn drain() -> anyhow::Result<()> {
    let settings = Settings::load()?;
    let client = QueueClient::open()?;
    let worker = queue_client::worker_name("notifier");
    while let Some(claim) =
        client.call(|jobs| jobs.claim(Queue::Notify, &worker, settings.lease))?
    {
        if let Err(error) = work(&client, &claim, &settings) {
            // The lease runs out and the entry is handed out again; the
            // idempotency key keeps the email API from sending it twice.
            eprintln!("{}: not settled: {error}", claim.job.id);
        }
    }
    Ok(())
}

/// Works off one claim.
fn work(client: &QueueClient, claim: &Claim, settings: &Settings) -> Result<(), JobsError> {
    let id = claim.job.id;
    let trace = claim.job.traceparent.as_deref().unwrap_or("-");
    println!("{id}: mail attempt {} traceparent={trace}", claim.attempt);
    let delivery = if claim.attempts_since_queued > settings.max_attempts {
        Delivery::Rejected {
            reason: "the notifier stopped each time without saying why".to_owned(),
        }
    } else {
        deliver(claim, settings)
    };
    let hold = match delivery {
        Delivery::Sent => {
            println!("{id}: sent through {}", settings.mail.provider());
            client.call_with_retries(|jobs| jobs.mailed(claim, Ok(())))?
        }
        Delivery::Retry { after, reason }
            if claim.attempts_since_queued < settings.max_attempts =>
        {
            let pause = retry_delay(claim.attempts_since_queued, queue_client::jitter())
                .max(after.unwrap_or_default());
            eprintln!("{id}: again in {:.1} s: {reason}", pause.as_secs_f64());
            let failure = Failure::new("email_api_unavailable", NOT_YET);
            client.call_with_retries(|jobs| jobs.retry_later(claim, &failure, pause))?
        }
        Delivery::Retry { reason, .. } => {
            eprintln!(
                "{id}: mail given up after {} attempts: {reason}",
                claim.attempts_since_queued
            );
            let failure = Failure::new("email_gave_up", "The email could not be sent.");
            client.call_with_retries(|jobs| jobs.mailed(claim, Err(&failure)))?
        }
        Delivery::Rejected { reason } => {
            eprintln!("{id}: mail rejected: {reason}");
            let failure = Failure::new("email_rejected", "The email could not be sent.");
            client.call_with_retries(|jobs| jobs.mailed(claim, Err(&failure)))?
        }
    };
    if hold == Fence::Lost {
        println!(
            "{id}: mail attempt {} was overtaken or the job deleted",
            claim.attempt
        );
    }
    Ok(())
}

/// What the owner sees while the email API is away.
const NOT_YET: &str = "The email could not be sent yet; it will be tried again.";

/// Asks the email API to send the email about this job.
fn deliver(claim: &Claim, settings: &Settings) -> Delivery {
    let request = match request(claim, settings) {
        Ok(request) => request,
        Err(error) => {
            return Delivery::Rejected {
                reason: error.to_string(),
            };
        }
    };
    match fetch(&request, TIMEOUT) {
        Ok(answer) => settings.mail.classify(&answer),
        // Whatever keeps an answer from coming, a misspelled address included,
        // is not the email's fault.
        Err(error) => Delivery::Retry {
            after: None,
            reason: error.to_string(),
        },
    }
}

fn request(claim: &Claim, settings: &Settings) -> Result<http::Request<Vec<u8>>, MailError> {
    let job = &claim.job;
    let kept_until = job.mp3_kept_until();
    let warnings = job.mp3.as_ref().map_or_else(Vec::new, |mp3| {
        let warnings = mp3.damage.warnings();
        warnings.into_iter().map(|one| one.message).collect()
    });
    let outcome = match (job.state, &job.mp3, &job.error) {
        (State::Done, Some(mp3), _) => Outcome::Done {
            duration: mp3.duration,
            bytes: mp3.bytes,
            kept_until: kept_until.as_deref(),
            warnings: &warnings,
        },
        (_, _, Some(failure)) => Outcome::Failed {
            reason: &failure.message,
        },
        (_, _, None) => Outcome::Failed {
            reason: "The file could not be converted.",
        },
    };
    let id = job.id.to_string();
    let notice = Notice {
        id: &id,
        to: &job.username,
        name: &job.name,
        outcome,
        round: job.requeues,
    };
    let message = compose(&notice, &settings.mail, &settings.public_url)?;
    settings.mail.request(&message)
}
