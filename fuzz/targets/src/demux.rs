//! Runs one demuxer, even if the first bytes indicate another container.

use std::io::Cursor;

use tonearm_demux::{Container, open};
use tonearm_media_core::{Demuxer, Input, Packet, ReadStep, Result, TrackSelector};

use crate::limits;

/// Reads all packets of a file, then again from the first packet with the same demuxer,
/// and twice more from a position in the middle: with the packets' data and without it.
pub(crate) fn run(container: Container, file: &[u8]) {
    let _ = walk(container, file);
}

fn walk(container: Container, file: &[u8]) -> Result<()> {
    let input = Input::new(Cursor::new(file.to_vec()))?;
    let input = || input.counting(limits().max_items);
    let first_input = input();
    let mut demuxer = open(
        first_input.clone(),
        container,
        0,
        &TrackSelector::Default.into(),
    )?;
    let start = demuxer.position();
    let mut positions = Vec::<(u64, usize)>::new();
    let first = read(&mut *demuxer, NEXT, file, |demuxer, at| {
        if positions.len() < 8 && positions.last().is_none_or(|last| at > last.1 + 2) {
            positions.extend(demuxer.position().map(|position| (position, at)));
        }
    });
    // The app neither splits a file whose track changes nor rewinds its demuxer.
    let Some(packets) = first else {
        return Ok(());
    };
    // Elsewhere, times after a seek also depend on what was read before it.
    let is_timed = matches!(
        container,
        Container::Matroska | Container::Avi | Container::Flv
    );
    let same = |one: &[Read], two: &[Read]| {
        let key = |packet: &Read| (packet.0, packet.1, packet.2.filter(|_| is_timed));
        one.iter().map(key).eq(two.iter().map(key))
    };
    if let Some(start) = start {
        first_input.reset_items();
        demuxer.seek(start)?;
        let again = read(&mut *demuxer, NEXT, file, |_, _| ()).unwrap_or_default();
        assert!(same(&again, &packets), "from the start, {start:#x}");
    }
    let Some(&(position, at)) = positions.last() else {
        return Ok(());
    };
    let rest = packets.get(at..).unwrap_or_default();
    let ticks = |packets: &[Read]| packets.iter().map(|packet| packet.1).collect();
    let rest_ticks: Vec<u64> = ticks(rest);
    for (step, has_data) in [(NEXT, true), (SKIP, false)] {
        let mut demuxer = open(input(), container, 0, &TrackSelector::Default.into())?;
        demuxer.seek(position)?;
        let again = read(&mut *demuxer, step, file, |_, _| ()).unwrap_or_default();
        assert_eq!(ticks(&again), rest_ticks, "from {position:#x} after {at}");
        assert!(
            !has_data || same(&again, rest),
            "from {position:#x} after {at}"
        );
    }
    Ok(())
}

/// Reads or skips a packet.
type Step = fn(&mut dyn Demuxer, &mut Packet) -> Result<ReadStep>;
const NEXT: Step = |demuxer, packet| demuxer.next(packet);
const SKIP: Step = |demuxer, packet| demuxer.skip_packet(packet);

/// Length, ticks and time of a packet.
type Read = (usize, u64, Option<i64>);

/// All packets; `None` if the track changes.
fn read(
    demuxer: &mut dyn Demuxer,
    step: Step,
    file: &[u8],
    mut before: impl FnMut(&mut dyn Demuxer, usize),
) -> Option<Vec<Read>> {
    let (mut packet, mut packets) = (Packet::default(), Vec::new());
    for _ in 0..limits().max_items {
        before(demuxer, packets.len());
        let found = step(demuxer, &mut packet);
        check(demuxer, &packet, file);
        match found {
            Ok(ReadStep::Packet) => packets.push((packet.data.len(), packet.ticks, packet.time)),
            Ok(ReadStep::Busy) => {}
            Ok(ReadStep::NewTrack) => return None,
            Ok(ReadStep::End) | Err(_) => break,
        }
    }
    Some(packets)
}

fn check(demuxer: &dyn Demuxer, packet: &Packet, file: &[u8]) {
    // Samples of 20 bits are expanded to 24.
    assert!(packet.data.len() <= file.len() * 24 / 20);
    assert!((0.0..=1.0).contains(&demuxer.fraction()));
}
