//! A file that is being stored. Its video frames go into chunks of their own, because
//! the converter never reads them and stores return whole chunks only.

use tonearm_blobs::{BlobError, BlobName, Manifest, SplitCheckpoint, SplitWriter, Store};
use tonearm_video_split::{Kind, VideoClassifier};

/// One file of an upload.
pub(crate) struct IncomingFile<S: Store> {
    writer: SplitWriter<S>,
    classifier: VideoClassifier,
}

impl<S: Store> IncomingFile<S> {
    /// Starts to store the file as the blob `name`.
    pub(crate) fn new(files: S, name: BlobName, chunk_bytes: usize) -> Self {
        Self {
            writer: SplitWriter::new(files, name, chunk_bytes),
            classifier: VideoClassifier::default(),
        }
    }

    /// Continues a file as the blob `name`, which begins here.
    pub(crate) fn with_classifier(
        files: S,
        name: BlobName,
        chunk_bytes: usize,
        classifier: VideoClassifier,
    ) -> Self {
        Self {
            writer: SplitWriter::new(files, name, chunk_bytes),
            classifier,
        }
    }

    /// Continues the blob `name`, whose former writer has stopped.
    pub(crate) fn resume(
        files: S,
        name: BlobName,
        stored: &SplitCheckpoint,
        classifier: VideoClassifier,
    ) -> Result<Self, BlobError> {
        Ok(Self {
            writer: SplitWriter::resume(files, name, stored)?,
            classifier,
        })
    }

    /// Stores everything written so far, and describes it with the state of the classifier.
    pub(crate) fn checkpoint(&mut self) -> Result<(SplitCheckpoint, &VideoClassifier), BlobError> {
        Ok((self.writer.checkpoint()?, &self.classifier))
    }

    /// Bytes stored so far.
    pub(crate) fn written(&self) -> u64 {
        self.writer.written()
    }

    /// Stores the next bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let writer = &mut self.writer;
        self.classifier.push(bytes, |kind, bytes| match kind {
            Kind::Other => writer.write(bytes),
            Kind::Video => writer.write_video(bytes),
        })
    }

    /// Stores the manifest, which makes the blob exist.
    pub(crate) fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.writer.finish(media_type)
    }
}
