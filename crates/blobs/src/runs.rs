//! Where what was set aside belongs.

use crate::keys::{self, Lane};
use crate::{BlobError, BlobName, Manifest, Store};

/// Most runs of one blob, which a reader holds in memory: a mebibyte. Films that are as
/// large as an upload may be by default have a third of it.
pub const MAX_RUNS: usize = 1 << 16;

/// Bytes that lie behind one another in the blob and in the lane of what was set aside.
/// It ends where the next begins in that lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where it begins in the blob.
    pub(crate) at: u64,
    /// Where it begins in its lane.
    pub(crate) aside: u64,
}

impl Run {
    /// Bytes of one in the store: both numbers, little-endian.
    pub(crate) const BYTES: usize = 16;

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        (u128::from(self.aside) << 64 | u128::from(self.at)).to_le_bytes()
    }

    fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let both = u128::from_le_bytes(bytes);
        Self {
            at: both as u64,
            aside: (both >> 64) as u64,
        }
    }
}

/// Bytes that lie behind one another in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) lane: Lane,
    /// Where in the lane it begins.
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
}

/// All runs of a blob, in order.
#[derive(Debug)]
pub(crate) struct Runs {
    runs: Vec<Run>,
    /// Length of the blob.
    bytes: u64,
    /// Length of what was set aside.
    aside: u64,
}

impl Runs {
    /// Reads those of the blob `name`.
    pub(crate) fn load<S: Store>(
        store: &S,
        name: &BlobName,
        manifest: &Manifest,
    ) -> Result<Self, BlobError> {
        let bad = |reason: &str| BlobError::BadManifest {
            name: name.to_string(),
            reason: reason.to_owned(),
        };
        let (aside, listed) = (
            manifest.lane_bytes(Lane::Aside),
            manifest.lane_bytes(Lane::Runs),
        );
        let mut list = Vec::new();
        for number in 0..manifest.chunks(Lane::Runs) {
            let chunk = store.get(&keys::chunk(name, Lane::Runs, number))?;
            list.extend(chunk.ok_or_else(|| bad("a part of the list of runs is missing"))?);
        }
        if list.len() as u64 != listed || list.len() > MAX_RUNS * Run::BYTES {
            return Err(bad("the list of runs has another length"));
        }
        let (runs, _) = list.as_chunks::<{ Run::BYTES }>();
        let runs: Vec<_> = runs.iter().copied().map(Run::from_bytes).collect();
        let starts_at_zero = runs.first().is_some_and(|first| first.aside == 0);
        let is_in_order = |pair: &[Run]| match pair {
            &[one, next] => {
                one.aside < next.aside
                    && next.at.checked_sub(one.at) > next.aside.checked_sub(one.aside)
            }
            _ => true,
        };
        let ends_within = runs.last().is_some_and(|last| {
            last.aside < aside && manifest.bytes.checked_sub(last.at) >= Some(aside - last.aside)
        });
        if !(starts_at_zero && runs.windows(2).all(is_in_order) && ends_within) {
            return Err(bad("the list of runs is none"));
        }
        Ok(Self {
            runs,
            bytes: manifest.bytes,
            aside,
        })
    }

    /// Where the byte at `position` lies, and how many after it lie behind it.
    pub(crate) fn locate(&self, position: u64) -> Stretch {
        let after = self.runs.partition_point(|run| run.at <= position);
        let next = self.runs.get(after);
        let end = next.map_or(self.bytes, |next| next.at);
        let Some(run) = after.checked_sub(1).and_then(|last| self.runs.get(last)) else {
            return Stretch {
                lane: Lane::Main,
                offset: position,
                bytes: end.saturating_sub(position),
            };
        };
        // What was set aside up to the end of this run.
        let aside = next.map_or(self.aside, |next| next.aside);
        let run_end = run.at + (aside - run.aside);
        if position < run_end {
            Stretch {
                lane: Lane::Aside,
                offset: run.aside + (position - run.at),
                bytes: run_end - position,
            }
        } else {
            Stretch {
                lane: Lane::Main,
                offset: position - aside,
                bytes: end.saturating_sub(position),
            }
        }
    }
}
