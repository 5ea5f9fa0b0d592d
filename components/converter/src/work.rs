//! The conversions as the worker runs them.

use std::rc::Rc;

use tonearm_blobs::collect_garbage;
use tonearm_jobs::{Failure, Mp3};
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::redis;
use tonearm_worker::{
    ConversionItem, Conversions, Outcome, QueueClient, SystemClock, Work, Worker, worker_name,
};

use crate::attempt::Context;
use crate::convert::{self, Converted};
use crate::decoder;
use crate::segments::{self, Encoded};
use crate::settings::Settings;

/// Expired blobs deleted after each item.
const GARBAGE: u32 = 8;
/// Jobs of deleted accounts that are deleted after each item.
const DELETED_JOBS: u32 = 50;

/// Works on conversions and segments until none is due.
pub fn drain() -> anyhow::Result<()> {
    let settings = Settings::load()?;
    println!("decoder plugin: {}", decoder::summary());
    let client = QueueClient::open(redis::reconnect, Rc::new(SystemClock::default()))?;
    let files = Files::open()?;
    let (lease, keep) = (settings.limits.lease, settings.keep);
    let queue = Conversions::new(&client, worker_name("converter"), lease, keep);
    let worker = Worker {
        queue: &queue,
        work: &Converter(Context {
            queue: &queue,
            files: &files,
            settings: &settings,
        }),
        clock: client.clock(),
        max_attempts: settings.max_attempts,
    };
    Ok(worker.drain()?)
}

struct Converter<'c>(Context<'c>);

impl Work for Converter<'_> {
    type Item = ConversionItem;
    type Product = Mp3;

    fn attempt(&self, item: &ConversionItem) -> Outcome<Mp3> {
        let result = match item {
            ConversionItem::Whole(claim) => {
                convert::run(self.0, item, claim).map(|converted| match converted {
                    Converted::Whole(mp3) => done(mp3),
                    Converted::Split(segments) => recorded(format!("split segments={segments}")),
                })
            }
            ConversionItem::Segment(claim) => {
                segments::run(self.0, item, claim).map(|encoded| match encoded {
                    Encoded::Joined(mp3) => done(mp3),
                    Encoded::Part => recorded("part stored".to_owned()),
                })
            }
        };
        result.unwrap_or_else(|error| self.0.outcome(item.job(), &error))
    }

    fn gave_up(&self, last: Option<&Failure>) -> Failure {
        let cause = last.map_or(
            "The converter stopped each time without saying why.",
            |last| &last.message,
        );
        let message = format!("The file could not be converted in several attempts. {cause}");
        Failure::new("gave_up", message)
    }

    fn after_item(&self) {
        let client = self.0.client();
        if let Err(error) = client.call(|jobs| jobs.delete_of_deleted_accounts(DELETED_JOBS)) {
            eprintln!("garbage collection: {error}");
        }
        let expired = client.call(|jobs| jobs.expired_blobs(GARBAGE));
        collect_garbage(self.0.files, expired, |blob| {
            client.call(|jobs| jobs.forget_blob(blob))
        });
    }
}

fn done(mp3: Mp3) -> Outcome<Mp3> {
    let note = format!(
        "bytes={} seconds={:.1}",
        mp3.bytes,
        mp3.duration.as_secs_f64()
    );
    Outcome::Done { product: mp3, note }
}

fn recorded(note: String) -> Outcome<Mp3> {
    Outcome::Recorded { note }
}
