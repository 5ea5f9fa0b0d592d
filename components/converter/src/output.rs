//! The MP3 as it is written to the file store.

use std::io;

use tonearm_blobs::{BlobError, Manifest, Writer};
use tonearm_media::Sink;
use tonearm_spin_runtime::files::Files;

/// Writes the MP3 in chunks while it is encoded.
pub struct Output<'f>(Writer<&'f Files>);

impl<'f> Output<'f> {
    /// Writes to `writer`.
    pub fn new(writer: Writer<&'f Files>) -> Self {
        Self(writer)
    }

    /// Deletes the written chunks.
    pub fn abort(self) -> Result<(), BlobError> {
        self.0.abort()
    }

    /// Completes the file.
    pub fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.0.finish(media_type)
    }
}

impl Sink for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        Ok(self.0.write(bytes)?)
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        Ok(self.0.patch(offset, bytes)?)
    }
}
