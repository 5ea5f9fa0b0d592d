//! The extent lists of the pieces of a blob, loaded when they are needed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::extents::{Extents, MAX_EXTENTS};
use crate::piece::Piece;
use crate::{BlobError, Store};

/// Holds [`MAX_EXTENTS`] at most, however many pieces there are.
#[derive(Debug, Default)]
pub(crate) struct ExtentLists(BTreeMap<usize, Extents>);

impl ExtentLists {
    /// The extents of `piece`, which is split and has this index.
    pub(crate) fn of<S: Store>(
        &mut self,
        store: &S,
        index: usize,
        piece: &Piece,
    ) -> Result<&Extents, BlobError> {
        if !self.0.contains_key(&index) {
            let held: usize = self.0.values().map(Extents::count).sum();
            if held.saturating_add(piece.extents()) > MAX_EXTENTS {
                self.0.clear();
            }
        }
        match self.0.entry(index) {
            Entry::Occupied(held) => Ok(held.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(Extents::load(store, piece)?)),
        }
    }
}
