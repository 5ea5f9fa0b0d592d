//! Content encodings: how the frames of a track are stored (RFC 9559, 5.1.4.1.31).

/// How frames are restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Encoding {
    /// Bytes stripped from the start of every frame.
    pub(super) stripped: Vec<u8>,
}

impl Encoding {
    /// The frame as its codec wrote it.
    pub(super) fn restore(&self, stored: &[u8]) -> Vec<u8> {
        [self.stripped.as_slice(), stored].concat()
    }
}
