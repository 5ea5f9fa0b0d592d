//! Entrances for the fuzz targets in `fuzz/` that nobody else needs.

use std::io::Cursor;

use crate::budget::Budget;
use crate::container::Container;
use crate::demux::{self, Demuxer, Packet, Step};
use crate::error::Result;
use crate::input::Input;
use crate::run::{Run, Splitter};
use crate::selection::TrackChoice;
use crate::xing;

/// Walks through all packets of a file with the demuxer of `container`,
/// whatever its first bytes say, then once more from a mark in the middle.
///
/// # Panics
/// Where a packet is longer than there is file, or where the second walk does not
/// meet the packets of the first.
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
    let mut packets = Vec::new();
    let is_one_track = read(&mut *demuxer, file, budget, &mut packets, |demuxer, at| {
        if marks.len() < 8 && marks.last().is_none_or(|last| at > last.1 + 2) {
            marks.extend(demuxer.mark().map(|mark| (mark, at)));
        }
    });
    // What becomes another track on the way is never cut.
    if let Some(&(mark, at)) = marks.last().filter(|_| is_one_track) {
        let mut demuxer = open()?;
        demuxer.resume(mark)?;
        let mut again = Vec::new();
        read(&mut *demuxer, file, budget, &mut again, |_, _| ());
        let rest = packets.get(at..).unwrap_or_default();
        assert_eq!(
            again,
            rest,
            "from {mark:#x} after {at} of {}",
            packets.len()
        );
    }
    Ok(())
}

/// Lengths and ticks of all packets; false where the track changes.
fn read(
    demuxer: &mut dyn Demuxer,
    file: &[u8],
    budget: &Budget,
    packets: &mut Vec<(usize, u64)>,
    mut before: impl FnMut(&mut dyn Demuxer, usize),
) -> bool {
    let mut packet = Packet::default();
    let mut is_one_track = true;
    for _ in 0..budget.max_items {
        before(demuxer, packets.len());
        let step = demuxer.next(&mut packet);
        check(demuxer, &packet, file);
        match step {
            Ok(Step::Packet) => packets.push((packet.data.len(), packet.ticks)),
            Ok(Step::Busy) => {}
            Ok(Step::NewTrack) => is_one_track = false,
            Ok(Step::End) | Err(_) => break,
        }
    }
    is_one_track
}

fn check(demuxer: &dyn Demuxer, packet: &Packet, file: &[u8]) {
    assert!(packet.data.len() <= file.len());
    assert!((0.0..=1.0).contains(&demuxer.fraction()));
}

/// Cuts bytes into MP3 frames, writes the Xing frame for them and reads it.
///
/// # Panics
/// Where runs do not add up, or what is written is not what is read.
pub fn frames(stream: &[u8], cut: usize) {
    let label = xing::read(stream).unwrap_or_default();
    let (first, second) = stream.split_at(cut.min(stream.len()));
    let mut whole = Run::default();
    let mut halves = [Run::default(), Run::default()];
    let mut splitter = Splitter::default();
    for (half, bytes) in halves.iter_mut().zip([first, second]) {
        let is_mp3 = splitter.push(bytes, |frame| {
            whole.push(frame);
            half.push(frame);
        });
        if !is_mp3 {
            break;
        }
    }
    let [mut joined, last] = halves;
    joined.append(&last);
    assert_eq!(
        (joined.frames, joined.bytes, joined.crc),
        (whole.frames, whole.bytes, whole.crc)
    );
    if let Some(frame) = xing::frame(&joined, &label) {
        let read = xing::read(&frame);
        assert_eq!(read.map(|label| label.delay), Some(label.delay.min(0xfff)));
    }
}
