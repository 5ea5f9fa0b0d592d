//! Claims and what becomes of them.

use tonearm_jobs::{Failure, Hold, JobsError, Queue, retry_delay};
use tonearm_shell::files::Files;
use tonearm_shell::line::{self, Line};
use tonearm_shell::sweep;

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
    let line = Line::open()?;
    let files = Files::open()?;
    let worker = line::worker_name("converter");
    loop {
        let segment = line.ask(|jobs| jobs.claim_segment(&worker, settings.lease))?;
        if let Some(claim) = &segment {
            work(&line, &files, Held::Segment(claim), &settings)?;
        }
        let whole = line.ask(|jobs| jobs.claim(Queue::Video, &worker, settings.lease))?;
        if let Some(claim) = &whole {
            work(&line, &files, Held::Whole(claim), &settings)?;
        }
        if segment.is_none() && whole.is_none() {
            return Ok(());
        }
    }
}

/// Works off one claim, and sweeps a little.
fn work(line: &Line, files: &Files, held: Held<'_>, settings: &Settings) -> Result<(), JobsError> {
    if let Err(error) = settle(line, files, held, settings) {
        // The lease runs out and the entry is handed out again.
        eprintln!("{held}: not settled: {error}");
    }
    line.ask(|jobs| {
        sweep::sweep(jobs, files, SWEEP);
        Ok(())
    })
}

fn settle(
    line: &Line,
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
        Held::Whole(claim) => convert::run(line, files, claim, settings).map_err(Some),
        Held::Segment(claim) => segments::run(line, files, claim, settings).map_err(Some),
    };
    let hold = match result {
        Ok(Outcome::Done(mp3)) => {
            let seconds = mp3.duration.as_secs_f64();
            let hold = held.converted(line, &mp3, settings.retention)?;
            println!("{held}: done, {} bytes, {seconds:.1} s", mp3.bytes);
            hold
        }
        Ok(Outcome::Cut(count)) => {
            println!("{held}: cut into {count} segments");
            Hold::Kept
        }
        Ok(Outcome::Part) => Hold::Kept,
        Err(Some(ConvertError::Lost)) => Hold::Lost,
        Err(Some(error)) if error.is_permanent() => {
            println!("{held}: failed: {error}");
            held.failed(line, &error.failure(), None)?
        }
        Err(Some(error)) if tries < settings.max_attempts => {
            let pause = retry_delay(tries, line::jitter());
            eprintln!("{held}: again in {:.1} s: {error}", pause.as_secs_f64());
            held.retry_later(line, &error.failure(), pause)?
        }
        Err(error) => {
            let cause = match &error {
                Some(error) => error.failure().message,
                None => "The converter stopped each time without saying why.".to_owned(),
            };
            eprintln!("{held}: given up after {tries} attempts: {cause}");
            let message = format!("The file could not be converted in several attempts. {cause}");
            let failure = Failure::new("gave_up", message);
            held.failed(line, &failure, Some(settings.keep_failed))?
        }
    };
    // What a lost claim wrote is staged; only the sweep may decide about it,
    // for the answer to its last step may have been lost after it was done.
    if hold == Hold::Lost {
        println!("{held}: attempt {attempt} was overtaken or the job deleted");
    }
    Ok(())
}
