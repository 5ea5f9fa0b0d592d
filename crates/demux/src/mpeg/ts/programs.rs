//! The tables that tell which streams there are (ISO/IEC 13818-1, 2.4.4).

use tonearm_media_core::{FileError, Result};

use super::packet::{Next, Packet, Packets, parse};
use super::streams::{self, Found};

/// Programs that are looked at.
const MAX_PROGRAMS: usize = 64;
/// Audio streams of all programs.
const MAX_STREAMS: usize = 64;
/// Bytes in which the tables must turn up.
const MAX_PROBE: u64 = 16 << 20;
/// Bytes after which no program is waited for if another one has sound: in a
/// part cut out of a multiplex, not all that are listed are there.
const ENOUGH: u64 = 2 << 20;

/// A table being put together out of packets.
struct Sections {
    pid: u16,
    bytes: Vec<u8>,
    is_done: bool,
}

impl Sections {
    fn new(pid: u16) -> Self {
        Self {
            pid,
            bytes: Vec::new(),
            is_done: false,
        }
    }

    /// Takes a packet in; gives the section back when it is whole.
    fn push(&mut self, packet: &Packet<'_>) -> Option<&[u8]> {
        let mut payload = packet.payload;
        if packet.is_start {
            let (&pointer, rest) = payload.split_first()?;
            payload = rest.get(usize::from(pointer)..)?;
            self.bytes.clear();
        } else if self.bytes.is_empty() {
            return None;
        }
        self.bytes.extend_from_slice(payload);
        let &[_, high, low] = self.bytes.first_chunk()?;
        let length = 3 + (usize::from(high & 15) << 8 | usize::from(low));
        let section = self.bytes.get(..length)?;
        self.is_done = true;
        // The last four bytes are a checksum.
        section.get(..length.checked_sub(4)?)
    }
}

/// The audio streams of all programs, in the order of the tables.
pub(super) fn read(mut packets: Packets) -> Result<Vec<Found>> {
    let start = packets.at;
    let mut list = Sections::new(0);
    let mut maps: Vec<Sections> = Vec::new();
    let mut found: Vec<Vec<Found>> = Vec::new();
    loop {
        let read = packets.at - start;
        let has_sound = found.iter().flatten().any(|stream| !stream.is_unidentified);
        let is_enough = read > MAX_PROBE || read > ENOUGH && has_sound;
        let is_complete = list.is_done && maps.iter().all(|map| map.is_done);
        if is_enough || is_complete {
            break;
        }
        let bytes = match packets.next()? {
            Next::Busy => continue,
            Next::End(_) => break,
            Next::Packet(bytes) => bytes,
        };
        let Some(packet) = parse(&bytes).filter(|packet| !packet.is_scrambled) else {
            continue;
        };
        if packet.pid == 0 && !list.is_done {
            if let Some(section) = list.push(&packet) {
                maps = programs(section).map(Sections::new).collect();
                found.resize_with(maps.len(), Vec::new);
            }
            continue;
        }
        for (map, streams) in maps.iter_mut().zip(&mut found) {
            if map.pid == packet.pid
                && !map.is_done
                && let Some(section) = map.push(&packet)
                && section.first() == Some(&2)
            {
                *streams = streams::read(section).unwrap_or_default();
            }
        }
    }
    if !list.is_done {
        return Err(FileError::Damaged {
            detail: "a transport stream without a list of programs",
        });
    }
    let mut all: Vec<Found> = Vec::new();
    for stream in found.into_iter().flatten() {
        // Programs may share a stream.
        if all.len() < MAX_STREAMS && all.iter().all(|known| known.pid != stream.pid) {
            all.push(stream);
        }
    }
    Ok(all)
}

/// Where the tables of the programs are, by the list of programs.
fn programs(section: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let entries = section.get(8..).unwrap_or_default().chunks_exact(4);
    entries
        .filter(|entry| entry[..2] != [0, 0])
        .map(|entry| u16::from(entry[2] & 0x1f) << 8 | u16::from(entry[3]))
        .take(MAX_PROGRAMS)
}
