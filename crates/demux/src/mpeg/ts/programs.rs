//! The program association table and the program map tables (ISO/IEC 13818-1, 2.4.4).

use tonearm_media_core::{FileError, Result};

use super::packet::{Next, Packet, Packets, parse};
use super::streams::{self, AudioStream};

/// Maximum number of programs.
const MAX_PROGRAMS: usize = 64;
/// Maximum number of audio streams in all programs.
const MAX_STREAMS: usize = 64;
/// Bytes within which the tables must appear.
const MAX_PROBE: u64 = 16 << 20;
/// Bytes after which missing tables are ignored if a program has audio: a recording of one
/// program may list others.
const ENOUGH: u64 = 2 << 20;

/// Assembles a section from packets.
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

    /// Adds a packet. Returns the section once it is complete.
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
        // Without the checksum, which is the last four bytes.
        section.get(..length.checked_sub(4)?)
    }
}

/// The audio streams of all programs, in the order of the tables.
pub(super) fn read(mut packets: Packets) -> Result<Vec<AudioStream>> {
    let start = packets.at;
    let mut association = Sections::new(0);
    let mut maps: Vec<Sections> = Vec::new();
    let mut found: Vec<Vec<AudioStream>> = Vec::new();
    loop {
        let read = packets.at - start;
        let has_audio = found.iter().flatten().any(|stream| !stream.is_unidentified);
        let is_enough = read > MAX_PROBE || read > ENOUGH && has_audio;
        let is_complete = association.is_done && maps.iter().all(|map| map.is_done);
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
        if packet.pid == 0 && !association.is_done {
            if let Some(section) = association.push(&packet) {
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
    if !association.is_done {
        return Err(FileError::Damaged {
            detail: "a transport stream without a list of programs",
        });
    }
    let mut all: Vec<AudioStream> = Vec::new();
    for stream in found.into_iter().flatten() {
        // Programs may share a stream.
        if all.len() < MAX_STREAMS
            && all
                .iter()
                .all(|known| (known.pid, known.part) != (stream.pid, stream.part))
        {
            all.push(stream);
        }
    }
    Ok(all)
}

/// The packet ids of the program map tables, from the program association table.
fn programs(section: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let entries = section.get(8..).unwrap_or_default().chunks_exact(4);
    entries
        .filter(|entry| entry[..2] != [0, 0])
        .map(|entry| u16::from(entry[2] & 0x1f) << 8 | u16::from(entry[3]))
        .take(MAX_PROGRAMS)
}
