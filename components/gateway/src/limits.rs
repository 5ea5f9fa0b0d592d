//! What an upload may be, from the variables.

use tonearm_spin_runtime::{ConfigError, variables};

/// Limits of one upload.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of one file.
    pub file_bytes: u64,
    /// Most files of one request.
    pub files: usize,
    /// Most unfinished jobs of one user.
    pub active_jobs: u64,
    /// Bytes of a chunk in the file store.
    pub chunk_bytes: usize,
}

impl Limits {
    /// Reads the variables.
    pub fn load() -> Result<Self, ConfigError> {
        Ok(Self {
            file_bytes: variables::number("upload_max_bytes", 1)?,
            files: variables::number("upload_max_files", 1)?,
            active_jobs: variables::number("user_max_active_jobs", 1)?,
            chunk_bytes: variables::number("chunk_bytes", 1024)?,
        })
    }
}
