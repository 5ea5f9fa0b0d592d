//! Clusters: groups of blocks with a common timestamp (RFC 9559, 5.1.3).

use tonearm_media_core::{FileError, Input, Result};

use super::ebml::{Element, element, unsigned};
use super::id;

/// The cluster that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cluster {
    /// Offset of its header.
    pub(super) start: u64,
    pub(super) body: u64,
    /// One past its last byte; `None` if the header leaves it open.
    pub(super) end: Option<u64>,
    /// In ticks of the segment; `None` if it is missing or damaged.
    pub(super) timestamp: Option<u64>,
}

/// Children to read for the timestamp, which the specification wants to be the first
/// except for a checksum.
const MAX_CHILDREN: usize = 6;

/// Reads the cluster whose header is `found` at `start`.
pub(super) fn read(input: &mut Input, start: u64, found: Element) -> Result<Cluster> {
    let mut cluster = Cluster {
        start,
        body: found.body,
        end: found.end,
        timestamp: None,
    };
    let mut at = found.body;
    for _ in 0..MAX_CHILDREN {
        let child = match element(input, at) {
            Ok(Some(child)) => child,
            Ok(None) | Err(FileError::Damaged { .. }) => break,
            Err(error) => return Err(error),
        };
        match (child.id, child.end) {
            (id::TIMESTAMP, Some(end)) if end - child.body <= 8 => {
                let length = usize::try_from(end - child.body).unwrap_or(0);
                cluster.timestamp = Some(unsigned(&input.peek(child.body, length)?));
                break;
            }
            (id::CRC_32 | id::VOID | id::POSITION | id::PREVIOUS_SIZE, Some(end)) => at = end,
            _ => break,
        }
    }
    Ok(cluster)
}

/// A position packs the offset of a cluster and the distance from there to an element of
/// it, so that reading can resume in the middle of a cluster and knows its timestamp.
const DISTANCE_BITS: u32 = 26;
const MAX_DISTANCE: u64 = (1 << DISTANCE_BITS) - 1;

/// The position of offset `at` within `cluster`; `None` if it is too far away to be packed.
pub(super) fn pack(cluster: Option<&Cluster>, at: u64) -> Option<u64> {
    let start = cluster.map_or(at, |cluster| cluster.start);
    let distance = at.checked_sub(start).filter(|&by| by <= MAX_DISTANCE)?;
    let is_small = start >> (u64::BITS - DISTANCE_BITS) == 0;
    is_small.then_some(start << DISTANCE_BITS | distance)
}

/// The offsets of a cluster and of an element in it, of a position.
pub(super) fn unpack(position: u64) -> (u64, u64) {
    let start = position >> DISTANCE_BITS;
    (start, start + (position & MAX_DISTANCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_keep_the_cluster() {
        let cluster = Cluster {
            start: 1 << 33,
            body: 0,
            end: None,
            timestamp: None,
        };
        let at = (1 << 33) + 12_345;
        assert_eq!(unpack(pack(Some(&cluster), at).unwrap()), (1 << 33, at));
        assert_eq!(unpack(pack(None, 77).unwrap()), (77, 77));
        assert_eq!(pack(Some(&cluster), (1 << 33) + (1 << 26)), None);
        assert_eq!(pack(None, 1 << 38), None);
    }
}
