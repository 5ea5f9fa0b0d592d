//! Where the file begins: at the earliest sample of its audio and video tracks.

use std::collections::BTreeMap;

use tonearm_media_core::{Input, Result};

use super::boxes::{Bx, be32, child, top_level};
use super::fragments::decode_time;
use super::movie::Movie;

/// Most boxes of the file that are searched for the first fragments of all tracks.
const MAX_BOXES: usize = 64;

/// Nanoseconds of the movie at which the file begins. `end` is the end of the `moov` box.
pub(super) fn find(input: &mut Input, movie: &Movie, end: u64) -> Result<i64> {
    let wanted = movie.begins.iter().filter(|begin| begin.is_in_fragments());
    let count = if movie.is_fragmented {
        wanted.count()
    } else {
        0
    };
    let first = first_fragments(input, end, count)?;
    let times = movie.begins.iter().filter_map(|begin| {
        let first = first.get(&begin.id).copied();
        begin.time(first)
    });
    Ok(times.min().unwrap_or(0))
}

/// The presentation of the first sample of `count` tracks in fragments, in ticks of each.
fn first_fragments(input: &mut Input, mut at: u64, count: usize) -> Result<BTreeMap<u32, i64>> {
    let mut found = BTreeMap::new();
    for _ in 0..MAX_BOXES {
        if found.len() >= count {
            break;
        }
        let Some(bx) = top_level(input, at)? else {
            break;
        };
        at = bx.end;
        if &bx.kind != b"moof" {
            continue;
        }
        let mut inner = bx.body;
        while let Some(traf) = child(input, inner, bx.end)? {
            inner = traf.end;
            if &traf.kind == b"traf"
                && let Some((track, time)) = begin_of(input, traf)?
            {
                found.entry(track).or_insert(time);
            }
        }
    }
    Ok(found)
}

/// The track of a `traf` box, and the presentation of its first sample.
fn begin_of(input: &mut Input, traf: Bx) -> Result<Option<(u32, i64)>> {
    let (mut track, mut time, mut offset) = (None, None, None);
    let mut at = traf.body;
    while let Some(bx) = child(input, at, traf.end)? {
        at = bx.end;
        match &bx.kind {
            b"tfhd" => track = Some(be32(&input.peek(bx.body, 8)?, 4)),
            b"tfdt" => time = decode_time(input, bx)?,
            b"trun" if offset.is_none() => offset = Some(composition_offset(input, bx)?),
            _ => {}
        }
    }
    let time = time.and_then(|time| i64::try_from(time).ok()).unwrap_or(0);
    let time = time.saturating_add(offset.unwrap_or(0));
    Ok(track.map(|track| (track, time)))
}

/// The composition offset of the first sample of a `trun` box (ISO/IEC 14496-12, 8.8.8).
fn composition_offset(input: &mut Input, bx: Bx) -> Result<i64> {
    let fields = input.peek(bx.body, 40.min(usize::try_from(bx.len()).unwrap_or(40)))?;
    let flags = be32(&fields, 0);
    if flags & 0x800 == 0 {
        return Ok(0);
    }
    // Before it come the optional fields of the run, and those of the sample.
    let before = (flags & 0x5).count_ones() + (flags & 0x700).count_ones();
    let at = 8 + 4 * before as usize;
    let offset = i64::from(be32(&fields, at).cast_signed());
    Ok(offset)
}
