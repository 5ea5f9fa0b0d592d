//! The beginning of a file: the earliest timestamp of its audio and video tracks.

use tonearm_media_core::{Input, Result};

use super::block::BlockHeader;
use super::cluster;
use super::ebml::{Element, element};
use super::id;
use super::reader::Clock;
use super::sync::{Check, Judge};

/// Elements to read.
const MAX_ELEMENTS: usize = 500;
/// Nanoseconds after the earliest block within which an earlier one may follow: the order of
/// storage is that of decoding, and tracks are interleaved coarsely.
const WINDOW: i64 = 1_000_000_000;

/// The time in nanoseconds at which the first of the tracks `numbers` begins. `at` is the
/// offset of the first cluster.
pub(super) fn find(
    input: &mut Input,
    mut at: u64,
    judge: &Judge,
    numbers: &[u64],
    clock: &Clock,
) -> Result<i64> {
    let mut earliest: Option<i64> = None;
    let mut missing = numbers.to_vec();
    let mut timestamp = None;
    for _ in 0..MAX_ELEMENTS {
        if missing.is_empty() || at >= input.len() {
            break;
        }
        let Check::Good(found) = judge.check(input, at)? else {
            break;
        };
        let body = match (found.id, found.end) {
            (id::CLUSTER, _) => {
                timestamp = cluster::read(input, at, found)?.timestamp;
                at = found.body;
                continue;
            }
            (id::SEGMENT, _) | (_, None) => {
                at = found.body;
                continue;
            }
            (id, Some(end)) => {
                at = end;
                match id {
                    id::SIMPLE_BLOCK => Some(found.body),
                    id::BLOCK_GROUP => block_of(input, found)?,
                    _ => None,
                }
            }
        };
        let (Some(body), Some(base)) = (body, timestamp) else {
            continue;
        };
        let header = BlockHeader::parse(&input.peek(body, BlockHeader::MAX_BYTES)?);
        let Some(header) = header.filter(|header| numbers.contains(&header.track)) else {
            continue;
        };
        let time = clock.nanoseconds(i128::from(base) + i128::from(header.timestamp));
        if earliest.is_some_and(|earliest| time > earliest.saturating_add(WINDOW)) {
            break;
        }
        earliest = Some(earliest.map_or(time, |earliest| earliest.min(time)));
        missing.retain(|&number| number != header.track);
    }
    Ok(earliest.unwrap_or(0))
}

/// Where the block of a group begins.
fn block_of(input: &mut Input, group: Element) -> Result<Option<u64>> {
    let first = element(input, group.body)?;
    Ok(first
        .filter(|first| first.id == id::BLOCK)
        .map(|first| first.body))
}
