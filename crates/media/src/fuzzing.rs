//! Entrances for the fuzz targets in `fuzz/` that nobody else needs.

use std::io::Cursor;

use crate::budget::Budget;
use crate::container::Container;
use crate::demux::{self, Demuxer, Packet, Step};
use crate::error::Result;
use crate::input::Input;
use crate::selection::TrackChoice;

/// Walks through all packets of a file with the demuxer of `container`,
/// whatever its first bytes say, then twice more from a mark in the middle: once with
/// the packets' data, and once without.
///
/// # Panics
/// Where a packet is longer than there is file, or where a later walk does not meet the
/// packets of the first.
pub fn demux(container: Container, file: &[u8], budget: &Budget) {
    let _ = walk(container, file, budget);
}

fn walk(container: Container, file: &[u8], budget: &Budget) -> Result<()> {
    let input = Input::new(Cursor::new(file.to_vec()))?;
    let open = || {
        let input = input.counting(budget.max_items);
        demux::open(input, container, 0, &TrackChoice::Default)
    };
    let mut demuxer = open()?;
    let mut marks = Vec::<(u64, usize)>::new();
    let first = read(&mut *demuxer, NEXT, file, budget, |demuxer, at| {
        if marks.len() < 8 && marks.last().is_none_or(|last| at > last.1 + 2) {
            marks.extend(demuxer.mark().map(|mark| (mark, at)));
        }
    });
    // What becomes another track on the way is never cut.
    let (Some(packets), Some(&(mark, at))) = (first, marks.last()) else {
        return Ok(());
    };
    let rest = packets.get(at..).unwrap_or_default();
    let ticks = |packets: &[(usize, u64)]| packets.iter().map(|packet| packet.1).collect();
    let rest_ticks: Vec<u64> = ticks(rest);
    for (step, has_data) in [(NEXT, true), (PASS, false)] {
        let mut demuxer = open()?;
        demuxer.resume(mark)?;
        let again = read(&mut *demuxer, step, file, budget, |_, _| ()).unwrap_or_default();
        assert_eq!(ticks(&again), rest_ticks, "from {mark:#x} after {at}");
        assert!(!has_data || again == rest, "from {mark:#x} after {at}");
    }
    Ok(())
}

/// A step of a walk.
type Walk = fn(&mut dyn Demuxer, &mut Packet) -> Result<Step>;
const NEXT: Walk = |demuxer, packet| demuxer.next(packet);
const PASS: Walk = |demuxer, packet| demuxer.pass(packet);

/// Lengths and ticks of all packets; `None` where the track changes.
fn read(
    demuxer: &mut dyn Demuxer,
    step: Walk,
    file: &[u8],
    budget: &Budget,
    mut before: impl FnMut(&mut dyn Demuxer, usize),
) -> Option<Vec<(usize, u64)>> {
    let (mut packet, mut packets) = (Packet::default(), Vec::new());
    for _ in 0..budget.max_items {
        before(demuxer, packets.len());
        let found = step(demuxer, &mut packet);
        check(demuxer, &packet, file);
        match found {
            Ok(Step::Packet) => packets.push((packet.data.len(), packet.ticks)),
            Ok(Step::Busy) => {}
            Ok(Step::NewTrack) => return None,
            Ok(Step::End) | Err(_) => break,
        }
    }
    Some(packets)
}

fn check(demuxer: &dyn Demuxer, packet: &Packet, file: &[u8]) {
    // Samples of 20 bits come out as 24.
    assert!(packet.data.len() <= file.len() * 24 / 20);
    assert!((0.0..=1.0).contains(&demuxer.fraction()));
}
