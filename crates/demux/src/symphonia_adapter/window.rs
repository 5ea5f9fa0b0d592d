//! A range of the file, as a source for symphonia.

use std::io::{self, Read, Seek, SeekFrom};

use tonearm_media_core::Input;

use symphonia::core::io::MediaSource;

/// The file from an offset on, optionally without seeking.
pub(super) struct Window {
    pub(super) input: Input,
    /// Offset of the first byte.
    pub(super) start: u64,
    pub(super) is_seekable: bool,
}

impl Read for Window {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.input.read(buf)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(pos) => SeekFrom::Start(pos.saturating_add(self.start)),
            other => other,
        };
        let pos = self.input.seek(to)?;
        Ok(pos.saturating_sub(self.start))
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.is_seekable
            .then(|| self.input.len().saturating_sub(self.start))
    }
}
