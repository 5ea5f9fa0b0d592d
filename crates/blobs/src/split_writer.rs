//! Writing a blob of which most is seldom read.

use crate::chunks::Chunks;
use crate::keys::Lane;
use crate::runs::{MAX_RUNS, Run};
use crate::{BlobError, BlobName, Manifest, Store, delete};

/// Writes one blob, and sets parts of it aside in chunks of their own, so that who
/// reads only the rest gets it without them. Read as a whole it is what was written,
/// in order. Holds at most two chunks in memory, and what is to be told of runs.
///
/// Dropped without [`finish`](Self::finish), it leaves chunks behind as a
/// [`Writer`](crate::Writer) does, for [`delete`] to find.
#[derive(Debug)]
pub struct SplitWriter<S: Store> {
    store: S,
    name: BlobName,
    main: Chunks,
    aside: Chunks,
    /// [`Run`]s, each from when it begins.
    runs: Chunks,
    /// Whether the last byte was set aside.
    is_aside: bool,
}

impl<S: Store> SplitWriter<S> {
    /// Starts a blob in chunks of `chunk_bytes` (at least one).
    pub fn new(store: S, name: BlobName, chunk_bytes: usize) -> Self {
        let chunks = |lane| Chunks::new(lane, chunk_bytes);
        Self {
            store,
            name,
            main: chunks(Lane::Main),
            aside: chunks(Lane::Aside),
            runs: chunks(Lane::Runs),
            is_aside: false,
        }
    }

    /// Bytes written so far, those set aside included.
    pub fn written(&self) -> u64 {
        self.main.written() + self.aside.written()
    }

    /// Appends `bytes`.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if !bytes.is_empty() {
            self.is_aside = false;
        }
        self.main.append(&self.store, &self.name, bytes)
    }

    /// Appends `bytes` that nobody is likely to ask for. What is appended so without a
    /// [`write`](Self::write) between is one run; should have thousands of bytes, as each
    /// takes 16 to tell where it is; and beyond [`MAX_RUNS`] is written as if it were
    /// like the rest.
    pub fn set_aside(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.is_aside {
            if self.runs.written() >= (MAX_RUNS * Run::BYTES) as u64 {
                return self.write(bytes);
            }
            let run = Run {
                at: self.written(),
                aside: self.aside.written(),
            };
            self.runs.append(&self.store, &self.name, &run.to_bytes())?;
            self.is_aside = true;
        }
        self.aside.append(&self.store, &self.name, bytes)
    }

    /// Stores what is left and then the manifest: from here on the blob exists.
    pub fn finish(mut self, media_type: &str) -> Result<Manifest, BlobError> {
        let bytes = self.written();
        let (aside, runs) = (self.aside.written(), self.runs.written());
        for lane in [&mut self.main, &mut self.aside, &mut self.runs] {
            lane.flush(&self.store, &self.name)?;
        }
        let chunk_bytes = self.main.chunk_bytes();
        let manifest = Manifest::split(bytes, chunk_bytes, media_type, aside, runs);
        manifest.save(&self.store, &self.name)?;
        Ok(manifest)
    }

    /// Deletes what was stored so far.
    pub fn abort(self) -> Result<(), BlobError> {
        delete(&self.store, &self.name)
    }
}
