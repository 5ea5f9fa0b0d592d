//! The timestamp at which a program begins.

use tonearm_media_core::Result;

use super::packet::{Next, Packets, parse};
use super::streams::AudioStream;
use crate::mpeg::clock::earlier;
use crate::mpeg::pes::{self, Parsed};

/// Bytes to search for the first timestamp of each stream.
const MAX_PROBE: u64 = 2 << 20;

/// The earliest of the first timestamps of this stream and of the audio and video of its
/// program, in ticks of 90 kHz.
pub(super) fn first_time(mut packets: Packets, stream: &AudioStream) -> Result<Option<u64>> {
    let end = packets.at.saturating_add(MAX_PROBE);
    let mut missing = stream.program.pids.clone();
    if !missing.contains(&stream.pid) {
        missing.push(stream.pid);
    }
    let mut first: Option<u64> = None;
    while packets.at < end && !missing.is_empty() {
        let bytes = match packets.next()? {
            Next::Busy => continue,
            Next::End(_) => break,
            Next::Packet(bytes) => bytes,
        };
        let Some(packet) = parse(&bytes).filter(|packet| packet.is_start) else {
            continue;
        };
        let Some(at) = missing.iter().position(|&pid| pid == packet.pid) else {
            continue;
        };
        if let Parsed::Header(header) = pes::parse(packet.payload)
            && let Some(time) = header.time
        {
            missing.swap_remove(at);
            first = Some(first.map_or(time, |first| earlier(first, time)));
        }
    }
    Ok(first)
}
