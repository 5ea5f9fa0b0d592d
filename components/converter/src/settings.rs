//! The settings of the converter, from the variables.

use std::time::Duration;

use tonearm_jobs::Retention;
use tonearm_spin_runtime::{ConfigError, variables};
use tonearm_worker::{KeepFiles, Limits};

/// The settings of the converter.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Lease, deadline and chunk size of an attempt.
    pub limits: Limits,
    /// Attempts at a job before it is given up.
    pub max_attempts: u32,
    /// How long files are kept.
    pub keep: KeepFiles,
    /// The limits of what a file may demand.
    pub media_limits: tonearm_media::Limits,
    /// The approximate length of a segment; zero disables splitting.
    pub segment: Duration,
}

impl Settings {
    /// Reads the variables.
    pub fn load() -> Result<Self, ConfigError> {
        Ok(Self {
            limits: Limits {
                lease: variables::seconds("lease_seconds")?,
                longest: variables::seconds("convert_max_seconds")?,
                chunk_bytes: variables::number("chunk_bytes", 1024)?,
            },
            max_attempts: variables::number("convert_max_attempts", 1)?,
            keep: KeepFiles {
                retention: Retention {
                    video: variables::keep_seconds("video_keep_seconds")?,
                    mp3: Some(variables::keep_seconds("mp3_keep_seconds")?)
                        .filter(|time| !time.is_zero()),
                },
                failed_video: variables::keep_seconds("failed_video_keep_seconds")?,
            },
            media_limits: tonearm_media::Limits {
                // The gateway enforces `upload_max_bytes`. An accepted file is not
                // rejected because the limit has changed since.
                max_bytes: u64::MAX,
                max_seconds: variables::number("media_max_seconds", 1)?,
                max_channels: variables::number("media_max_channels", 1)?,
                max_sample_rate: variables::number("media_max_sample_rate", 8000)?,
                max_samples: variables::number("media_max_samples", 1)?,
                max_items: variables::number("media_max_items", 1)?,
            },
            segment: variables::keep_seconds("segment_seconds")?,
        })
    }
}
