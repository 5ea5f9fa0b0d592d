//! What the notifier does with emails about jobs and letters about accounts.
//!
//! [`drain`] sends everything that is due: letters first, since somebody waits for them at
//! a screen. Redis and the [email API](EmailApi) are parameters, so that all of it is tested
//! natively.

mod api;
mod emails;
mod letters;
mod settings;

pub use api::EmailApi;
pub use settings::Settings;

use tonearm_jobs::{JobsError, Redis};
use tonearm_worker::{Emails, Letters, QueueClient, Worker};

/// Sends every letter and every email that is due. `worker` names this invocation in the
/// history of jobs.
///
/// Without a key no letter is claimed, so that their attempts are not used up before the
/// operator has set one.
///
/// # Errors
/// Fails if Redis does not answer.
pub fn drain<R: Redis>(
    client: &QueueClient<R>,
    api: &dyn EmailApi,
    settings: &Settings,
    worker: String,
) -> Result<(), JobsError> {
    let (clock, max_attempts) = (client.clock(), settings.max_attempts);
    if let Ok(key) = &settings.letter_key {
        let worker = Worker {
            queue: &Letters::new(client, settings.lease),
            work: &letters::Sender { api, settings, key },
            clock,
            max_attempts,
        };
        worker.drain()?;
    }
    let worker = Worker {
        queue: &Emails::new(client, worker, settings.lease),
        work: &emails::Sender { api, settings },
        clock,
        max_attempts,
    };
    worker.drain()
}
