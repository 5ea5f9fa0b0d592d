//! Shared by the tests of conversions.

use std::io;

use tonearm_media::Sink;

/// LAME, without WebAssembly.
pub const LAME: mp3_lame::Plugin = mp3_lame::Plugin::new();

/// An MP3 in memory.
#[derive(Default)]
pub struct File(pub Vec<u8>);

impl Sink for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let at = offset as usize;
        assert!(bytes.len() < 4096, "only the end of the tag is patched");
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}
