//! How to convert, from the variables.

use std::time::Duration;

use tonearm_jobs::Retention;
use tonearm_media::Budget;
use tonearm_spin_runtime::{ConfigError, variables};

/// How to convert.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a claim holds without being renewed.
    pub lease: Duration,
    /// Attempts at a job before it is given up.
    pub max_attempts: u32,
    /// The longest that one conversion may take.
    pub longest: Duration,
    /// How long the files of a converted job are kept.
    pub retention: Retention,
    /// How long the video of a job that was given up is kept for an operator.
    pub keep_failed: Duration,
    /// What a file may ask for.
    pub budget: Budget,
    /// About how long a segment is; nothing is cut where this is zero.
    pub segment: Duration,
    /// Bytes of a chunk in the file store.
    pub chunk_bytes: usize,
}

impl Settings {
    /// Reads the variables.
    pub fn load() -> Result<Self, ConfigError> {
        Ok(Self {
            lease: variables::seconds("lease_seconds")?,
            max_attempts: variables::number("convert_max_attempts", 1)?,
            longest: variables::seconds("convert_max_seconds")?,
            retention: Retention {
                video: variables::keep_seconds("video_keep_seconds")?,
                mp3: Some(variables::keep_seconds("mp3_keep_seconds")?)
                    .filter(|time| !time.is_zero()),
            },
            keep_failed: variables::keep_seconds("failed_video_keep_seconds")?,
            budget: Budget {
                // The gateway has kept `upload_max_bytes`; what it accepted is not
                // refused because the limit changed since.
                max_bytes: u64::MAX,
                max_seconds: variables::number("media_max_seconds", 1)?,
                max_channels: variables::number("media_max_channels", 1)?,
                max_sample_rate: variables::number("media_max_sample_rate", 8000)?,
                max_samples: variables::number("media_max_samples", 1)?,
                max_items: variables::number("media_max_items", 1)?,
            },
            segment: variables::keep_seconds("segment_seconds")?,
            chunk_bytes: variables::number("chunk_bytes", 1024)?,
        })
    }
}
