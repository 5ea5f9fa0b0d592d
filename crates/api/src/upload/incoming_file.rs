//! A file that is being stored. Its video frames go into chunks of their own, because
//! the converter never reads them and stores return whole chunks only.

use tonearm_blobs::{BlobError, BlobName, Manifest, SplitWriter, Store};
use tonearm_video_split::{Kind, VideoClassifier};

/// One file of an upload.
pub(super) struct IncomingFile<S: Store> {
    writer: SplitWriter<S>,
    classifier: VideoClassifier,
}

impl<S: Store> IncomingFile<S> {
    /// Starts to store the file as the blob `name`.
    pub(super) fn new(files: S, name: BlobName, chunk_bytes: usize) -> Self {
        Self {
            writer: SplitWriter::new(files, name, chunk_bytes),
            classifier: VideoClassifier::default(),
        }
    }

    /// Bytes stored so far.
    pub(super) fn written(&self) -> u64 {
        self.writer.written()
    }

    /// Stores the next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let writer = &mut self.writer;
        self.classifier.push(bytes, |kind, bytes| match kind {
            Kind::Other => writer.write(bytes),
            Kind::Video => writer.write_video(bytes),
        })
    }

    /// Stores the manifest, which makes the blob exist.
    pub(super) fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.writer.finish(media_type)
    }
}
