//! Claims and what becomes of them.

use tonearm_jobs::{Failure, Fence, JobsError, Queue, retry_delay};
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::garbage_collection;
use tonearm_spin_runtime::queue_client::{self, QueueClient};

use crate::convert::{self, ConvertError, Outcome};
use crate::held::Held;
use crate::segments;
use crate::settings::Settings;

/// Litter deleted after a conversion.
const SWEEP: u32 = 8;

/// Works off everything that is due. Whole files and segments of long ones take
/// turns, so that neither kind waits for all of the other.
pub fn drain() -> anyhow::Result<()> {
    let settings = Settings::load()?;
    let client = QueueClient::open()?;
    let files = Files::open()?;
    let worker = queue_client::worker_name("converter");
    loop {
        let segment = client.call(|jobs| jobs.claim_segment(&worker, settings.lease))?;
        if let Some(claim) = &segment {
            work(&client, &files, Held::Segment(claim), &settings)?;
        }
        let whole = client.call(|jobs| jobs.claim(Queue::Convert, &worker, settings.lease))?;
        if let Some(claim) = &whole {
            work(&client, &files, Held::Whole(claim), &settings)?;
        }
        if segment.is_none() && whole.is_none() {
            return Ok(());
        }
    }
}

/// Works off one claim, and sweeps a little.
fn work(
    client: &QueueClient,
    files: &Files,
    held: Held<'_>,
    settings: &Settings,
) -> Result<(), JobsError> {
    if let Err(error) = settle(client, files, held, settings) {
        // The lease runs out and the entry is handed out again.
        eprintln!("{held}: not settled: {error}");
    }
    client.call(|jobs| {
        garbage_collection::collect(jobs, files, SWEEP);
        Ok(())
    })
}

fn settle(
    client: &QueueClient,
    files: &Files,
    held: Held<'_>,
    settings: &Settings,
) -> Result<(), JobsError> {
    let trace = held.job().traceparent.as_deref().unwrap_or("-");
    let (attempt, tries) = (held.attempt(), held.tries());
    println!("{held}: attempt {attempt} traceparent={trace}");
    // Attempts that ended in a trap or a kill have told nobody why.
    let result = match held {
        _ if tries > settings.max_attempts => Err(None),
        Held::Whole(claim) => convert::run(client, files, claim, settings).map_err(Some),
        Held::Segment(claim) => segments::run(client, files, claim, settings).map_err(Some),
    };
    let hold = match result {
        Ok(Outcome::Done(mp3)) => {
            let seconds = mp3.duration.as_secs_f64();
            let hold = held.converted(client, &mp3, settings.retention)?;
            println!("{held}: done, {} bytes, {seconds:.1} s", mp3.bytes);
            hold
        }
        Ok(Outcome::Cut(count)) => {
            println!("{held}: cut into {count} segments");
            Fence::Held
        }
        Ok(Outcome::Part) => Fence::Held,
        Err(Some(ConvertError::Lost)) => Fence::Lost,
        Err(Some(error)) if error.is_permanent() => {
            println!("{held}: failed: {error}");
            held.failed(client, &error.failure(), None)?
        }
        Err(Some(error)) if tries < settings.max_attempts => {
            let pause = retry_delay(tries, queue_client::jitter());
            eprintln!("{held}: again in {:.1} s: {error}", pause.as_secs_f64());
            held.retry_later(client, &error.failure(), pause)?
        }
        Err(error) => {
            let cause = match &error {
                Some(error) => error.failure().message,
                None => "The converter stopped each time without saying why.".to_owned(),
            };
            eprintln!("{held}: given up after {tries} attempts: {cause}");
            let message = format!("The file could not be converted in several attempts. {cause}");
            let failure = Failure::new("gave_up", message);
            held.failed(client, &failure, Some(settings.keep_failed))?
        }
    };
    // What a lost claim wrote is staged; only the sweep may decide about it,
    // for the answer to its last step may have been lost after it was done.
    if hold == Fence::Lost {
        println!("{held}: attempt {attempt} was overtaken or the job deleted");
    }
    Ok(())
}
