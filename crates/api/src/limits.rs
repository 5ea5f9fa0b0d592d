//! The limits and defaults of uploads, from the variables, and `GET /limits`.

use std::time::Duration;

use serde::Serialize;
use tonearm_options::{Defaults, Options, RequestedOptions};
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::platform::number;
use crate::{Error, Platform};

/// The limits of one upload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most bytes of one file.
    pub file_bytes: u64,
    /// Most files of one request.
    pub files: usize,
    /// Most unfinished jobs of one user.
    pub active_jobs: u64,
    /// Bytes of a chunk in the file store.
    pub chunk_bytes: usize,
    /// How long an unfinished resumable upload is kept.
    pub keep_uploads: Duration,
}

impl Limits {
    /// Reads the variables.
    pub fn read<P: Platform>(platform: &P) -> Result<Self, Error> {
        Ok(Self {
            file_bytes: number(platform, "upload_max_bytes", 1)?,
            files: number(platform, "upload_max_files", 1)?,
            active_jobs: number(platform, "user_max_active_jobs", 1)?,
            chunk_bytes: number(platform, "chunk_bytes", 1024)?,
            keep_uploads: Duration::from_secs(number(platform, "upload_keep_seconds", 60)?),
        })
    }
}

/// The operator's defaults of options.
pub(crate) fn defaults<P: Platform>(platform: &P) -> Result<Defaults, Error> {
    Defaults::read(
        |name| platform.variable(name),
        |name, valid| Error::Config {
            name: name.to_owned(),
            reason: valid.to_string(),
        },
    )
}

/// The response to `GET /limits`. Names are those of the variables.
#[derive(Serialize)]
struct LimitsView {
    upload_max_bytes: u64,
    upload_max_files: usize,
    user_max_active_jobs: u64,
    /// The options of a job whose upload sets none.
    defaults: Options,
}

/// `GET /limits`: what a client checks before it sends a byte.
pub(crate) fn show<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let limits = Limits::read(call.platform)?;
    let view = LimitsView {
        upload_max_bytes: limits.file_bytes,
        upload_max_files: limits.files,
        user_max_active_jobs: limits.active_jobs,
        defaults: RequestedOptions::default().resolve(&defaults(call.platform)?)?,
    };
    Ok(Answer::Complete(reply::json(200, &view)))
}
