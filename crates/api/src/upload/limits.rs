//! The limits of uploads, from the variables.

use crate::platform::number;
use crate::{Error, Platform};

/// The limits of one upload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most bytes of one file.
    pub(super) file_bytes: u64,
    /// Most files of one request.
    pub(super) files: usize,
    /// Most unfinished jobs of one user.
    pub(super) active_jobs: u64,
    /// Bytes of a chunk in the file store.
    pub(super) chunk_bytes: usize,
}

impl Limits {
    /// Reads the variables.
    pub(super) fn read<P: Platform>(platform: &P) -> Result<Self, Error> {
        Ok(Self {
            file_bytes: number(platform, "upload_max_bytes", 1)?,
            files: number(platform, "upload_max_files", 1)?,
            active_jobs: number(platform, "user_max_active_jobs", 1)?,
            chunk_bytes: number(platform, "chunk_bytes", 1024)?,
        })
    }
}
