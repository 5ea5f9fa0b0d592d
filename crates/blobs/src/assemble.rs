//! A blob of the pieces that several writers stored.

use crate::manifest::MAX_PARTS;
use crate::{BlobError, BlobName, Manifest, Part, SplitCheckpoint, Store};

/// What one writer stored under a name of its own, and up to where it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPiece {
    /// The name of its chunks.
    pub name: BlobName,
    /// Its last checkpoint. Bytes stored after it do not count.
    pub stored: SplitCheckpoint,
}

/// Stores the manifest of `name`, which consists of `pieces` in this order: from here on the
/// blob exists. A first piece of the same name becomes the blob's own bytes; the others are
/// parts, by reference, and must exist for as long as this blob. Pieces without bytes are
/// left out.
///
/// A blob of one piece of its own name is stored as
/// [`SplitWriter::finish`](crate::SplitWriter::finish) does. Calling this again stores the same
/// manifest again.
///
/// # Errors
/// [`BlobError::BadManifest`] if there are more than [`MAX_PARTS`] parts, if another piece
/// than the first has the blob's name, or if the blob is too long to count.
pub fn assemble<S: Store>(
    store: &S,
    name: &BlobName,
    pieces: &[StoredPiece],
    media_type: &str,
) -> Result<Manifest, BlobError> {
    let bad = |reason: &str| BlobError::BadManifest {
        name: name.to_string(),
        reason: reason.to_owned(),
    };
    let chunk_bytes = pieces.first().map_or(1, |first| first.stored.chunk_bytes());
    let (own, rest) = match pieces.split_first() {
        Some((first, rest)) if first.name == *name => (first.stored, rest),
        _ => (SplitCheckpoint::new(chunk_bytes, 0, 0, 0, false), pieces),
    };
    if rest.iter().any(|piece| piece.name == *name) {
        return Err(bad("a piece of its own after another"));
    }
    let mut lengths = pieces.iter().map(|piece| piece.stored.bytes());
    if lengths.try_fold(0u64, u64::checked_add).is_none() {
        return Err(bad("pieces too long to count"));
    }
    let rest = rest.iter().filter(|piece| piece.stored.bytes() > 0);
    let parts: Vec<_> = rest
        .map(|piece| Part::of_piece(piece.name.clone(), &piece.stored))
        .collect();
    if parts.len() > MAX_PARTS {
        return Err(bad("too many pieces"));
    }
    let manifest = Manifest::of_sections(&own, media_type, parts);
    manifest.save(store, name)?;
    Ok(manifest)
}
