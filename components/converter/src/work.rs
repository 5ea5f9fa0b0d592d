//! Claims and what becomes of them.

use tonearm_jobs::{Claim, Failure, Hold, JobsError, Queue, retry_delay};
use tonearm_shell::files::Files;
use tonearm_shell::line::{self, Line};
use tonearm_shell::sweep;

use crate::convert::{self, ConvertError};
use crate::settings::Settings;

/// Litter deleted after a conversion.
const SWEEP: u32 = 8;

/// Works off everything that is due.
pub fn drain() -> anyhow::Result<()> {
    let settings = Settings::load()?;
    let line = Line::open()?;
    let files = Files::open()?;
    let worker = line::worker_name("converter");
    while let Some(claim) = line.ask(|jobs| jobs.claim(Queue::Video, &worker, settings.lease))? {
        if let Err(error) = work(&line, &files, &claim, &settings) {
            // The lease runs out and the entry is handed out again.
            eprintln!("{}: not settled: {error}", claim.job.id);
        }
        line.ask(|jobs| {
            sweep::sweep(jobs, &files, SWEEP);
            Ok(())
        })?;
    }
    Ok(())
}

/// Works off one claim.
fn work(line: &Line, files: &Files, claim: &Claim, settings: &Settings) -> Result<(), JobsError> {
    let id = claim.job.id;
    let trace = claim.job.traceparent.as_deref().unwrap_or("-");
    println!("{id}: attempt {} traceparent={trace}", claim.attempt);
    // Attempts that ended in a trap or a kill have told nobody why.
    let result = if claim.tries > settings.max_attempts {
        Err(None)
    } else {
        convert::run(line, files, claim, settings).map_err(Some)
    };
    let hold = match result {
        Ok(mp3) => {
            let hold =
                line.ask_patiently(|jobs| jobs.converted(claim, &mp3, settings.retention))?;
            println!(
                "{id}: done, {} bytes, {:.1} s",
                mp3.bytes,
                mp3.duration.as_secs_f64()
            );
            hold
        }
        Err(Some(ConvertError::Lost)) => Hold::Lost,
        Err(Some(error)) if error.is_permanent() => {
            println!("{id}: failed: {error}");
            line.ask_patiently(|jobs| jobs.failed(claim, &error.failure(), None))?
        }
        Err(Some(error)) if claim.tries < settings.max_attempts => {
            let pause = retry_delay(claim.tries, line::jitter());
            eprintln!("{id}: again in {:.1} s: {error}", pause.as_secs_f64());
            line.ask_patiently(|jobs| jobs.retry_later(claim, &error.failure(), pause))?
        }
        Err(error) => {
            let cause = match &error {
                Some(error) => error.failure().message,
                None => "The converter stopped each time without saying why.".to_owned(),
            };
            eprintln!("{id}: given up after {} attempts: {cause}", claim.tries);
            let message = format!("The file could not be converted in several attempts. {cause}");
            let failure = Failure::new("gave_up", message);
            line.ask_patiently(|jobs| jobs.failed(claim, &failure, Some(settings.keep_failed)))?
        }
    };
    // What a lost claim wrote is staged; only the sweep may decide about it,
    // for the answer to `converted` may have been lost after it was done.
    if hold == Hold::Lost {
        println!(
            "{id}: attempt {} was overtaken or the job deleted",
            claim.attempt
        );
    }
    Ok(())
}
