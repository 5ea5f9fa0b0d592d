//! Identifies private data without descriptors, and stream types of several meanings, by the
//! first frames. FFmpeg writes AAC and MPEG audio to M2TS as private data.

use super::packet::{Next, Packet as TsPacket, Packets, parse};
use super::payloads::Payloads;
use super::streams::AudioStream;
use crate::mpeg::clock::Clock;
use crate::mpeg::identify::identify_codec;
use tonearm_media_core::{Codec, Packet, Result};

use tonearm_framing::framer::{Framer, Framing};

/// Maximum number of streams to inspect.
const MAX_STREAMS: usize = 8;
/// Maximum number of bytes of the file to read.
const MAX_PROBE: u64 = 4 << 20;
/// Bytes of a stream to inspect first, and at most.
const MIN_BYTES: usize = 1 << 10;
const MAX_BYTES: usize = 48 << 10;

/// A stream under inspection.
struct UnidentifiedStream {
    payloads: Payloads,
    framer: Framer,
    bytes: Vec<u8>,
    /// Number of bytes at which to inspect the stream again.
    next_probe: usize,
    is_done: bool,
    known: Option<(Codec, Framing)>,
}

impl UnidentifiedStream {
    fn new(packets: Packets, stream: &AudioStream) -> Self {
        Self {
            // Its clock is irrelevant.
            payloads: Payloads::new(packets, stream, Clock::default()),
            framer: Framer::new(Framing::Whole { samples: 0 }),
            bytes: Vec::new(),
            next_probe: MIN_BYTES,
            is_done: false,
            known: None,
        }
    }

    fn packet(&mut self, packet: &TsPacket<'_>) {
        // The offset is irrelevant: nothing seeks in this stream.
        self.payloads.packet(0, packet, &mut self.framer);
        let mut piece = Packet::default();
        while let Some(head) = self.framer.find(false) {
            self.framer.take(&head, &mut piece);
            self.bytes.extend_from_slice(&piece.data);
        }
        if self.bytes.len() >= self.next_probe {
            self.probe();
            self.next_probe = self.bytes.len() * 2;
            self.is_done = self.known.is_some() || self.bytes.len() >= MAX_BYTES;
        }
    }

    fn probe(&mut self) {
        self.known = identify_codec(&self.bytes);
    }
}

/// Identifies the codecs of unidentified streams, and removes streams that are not audio.
pub(super) fn identify(mut packets: Packets, found: &mut Vec<AudioStream>) -> Result<()> {
    let unidentified = found.iter().filter(|stream| stream.is_unidentified);
    let mut unknown: Vec<UnidentifiedStream> = unidentified
        .map(|stream| UnidentifiedStream::new(packets.clone(), stream))
        .take(MAX_STREAMS)
        .collect();
    let start = packets.at;
    while packets.at - start < MAX_PROBE && unknown.iter().any(|stream| !stream.is_done) {
        let bytes = match packets.next()? {
            Next::Busy => continue,
            Next::End(_) => break,
            Next::Packet(bytes) => bytes,
        };
        let Some(packet) = parse(&bytes) else {
            continue;
        };
        let open = unknown.iter_mut().filter(|stream| !stream.is_done);
        for stream in open.filter(|stream| stream.payloads.pid == packet.pid) {
            stream.packet(&packet);
        }
    }
    for mut stream in unknown {
        if !stream.is_done {
            stream.probe();
        }
        let key = (stream.payloads.pid, stream.payloads.part);
        let own = found.iter_mut().find(|own| (own.pid, own.part) == key);
        if let (Some(own), Some((codec, framing))) = (own, stream.known) {
            own.set_codec(codec, framing);
        }
    }
    found.retain(|stream| !stream.is_unidentified);
    Ok(())
}
