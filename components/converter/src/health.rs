//! `GET /converter/healthz`.

use serde_json::json;
use tonearm_blobs::collect_garbage;
use tonearm_decoder_api::Decoder;
use tonearm_jobs::{Jobs, Queue};
use tonearm_media::Encoder;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::redis;
use tonearm_spin_runtime::reply::{self, Reply};

use crate::decoder;
use crate::encoder::Plugin;

/// Expired blobs deleted per check, which takes a moment at most.
const GARBAGE: u32 = 8;
/// Jobs of deleted accounts that each check deletes.
const DELETED_JOBS: u32 = 50;

/// Checks the queue, the file store and the plugins. It also repeats a lost notification
/// and collects some garbage, so that neither depends on traffic.
pub fn check() -> anyhow::Result<Reply> {
    let jobs = Jobs::new(redis::connect()?);
    jobs.ping()?;
    let files = Files::open()?;
    jobs.notify_if_due(Queue::Convert)?;
    jobs.delete_of_deleted_accounts(DELETED_JOBS)?;
    collect_garbage(&files, jobs.expired_blobs(GARBAGE), |blob| {
        jobs.forget_blob(blob)
    });
    let decoder = decoder::Plugin.describe();
    Ok(reply::json(
        200,
        &json!({
            "status": "ok",
            "encoder": Plugin.describe().name,
            "decoder": decoder.name,
            "decoder_codecs": decoder.codecs,
        }),
    ))
}
