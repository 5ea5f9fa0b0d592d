//! Musepack, stream version 8: packets with a key of two letters and a length. `SH` is the
//! header, each `AP` contains up to 4^7 frames, `SE` is the end.

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice,
};

use super::FRAME;
use crate::packet_source::{PacketDemuxer, PacketSource, numbered, split};
use crate::track_selection;

/// Bytes of the signature.
const SIGNATURE: u64 = 4;
/// Most packets before the first audio.
const MAX_HEADERS: usize = 1000;
/// Samples that the decoder's filter delays the sound, beyond those that the header counts.
const DELAY: u64 = 481;

struct Packets {
    input: Input,
    start: u64,
    at: u64,
    /// Number of the next packet of audio.
    next: u64,
    /// Samples per channel of a packet, and of all packets.
    length: u64,
    total: u64,
}

/// Whether the signature begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MPCK")
}

/// The header of the stream.
struct Header {
    samples: u64,
    config: [u8; 2],
}

/// The header of a packet.
struct PacketHeader {
    key: [u8; 2],
    body: u64,
    end: u64,
}

const DAMAGED: FileError = FileError::Damaged {
    detail: "a Musepack file without a valid header",
};

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Musepack8, None)?;
    let mut at = start + SIGNATURE;
    let mut header = None;
    for _ in 0..MAX_HEADERS {
        let Some(packet) = packet_header(&mut input, at)? else {
            break;
        };
        match &packet.key {
            b"SH" => header = stream_header(&mut input, packet.body)?,
            b"AP" => break,
            _ => {}
        }
        at = packet.end;
    }
    let Header { samples, config } = header.ok_or(DAMAGED)?;
    let [rates, layout] = config;
    let rate = super::rate(rates >> 5).ok_or(DAMAGED)?;
    let length = FRAME << (2 * (layout & 7));
    let params = CodecParams {
        channels: Channels::usual(u16::from(layout >> 4) + 1),
        config: config.to_vec(),
        ..CodecParams::new(Codec::Musepack8, rate)
    };
    let track = Track {
        params,
        tick_rate: rate,
        has_exact_ticks: samples > 0,
        seconds: (samples > 0).then(|| samples as f64 / f64::from(rate)),
        ..Track::default()
    };
    let total = samples
        .saturating_add(DELAY)
        .div_ceil(FRAME)
        .saturating_mul(FRAME);
    let packets = Packets {
        input,
        start: at,
        at,
        next: 0,
        length,
        total: if samples > 0 { total } else { u64::MAX },
    };
    Ok(PacketDemuxer::open(packets, track))
}

/// Reads the header of the packet at `at`; `None` at the end of the file.
fn packet_header(input: &mut Input, at: u64) -> Result<Option<PacketHeader>> {
    input.count_item()?;
    if input.len().saturating_sub(at) < 3 {
        return Ok(None);
    }
    input.set_pos(at);
    let key = input.array()?;
    let length = number(input)?;
    let body = input.pos();
    // The length includes the key and itself.
    let end = at.saturating_add(length);
    if !key.iter().all(u8::is_ascii_uppercase) || end < body {
        return Err(FileError::Damaged {
            detail: "a Musepack file with an invalid packet",
        });
    }
    Ok(Some(PacketHeader { key, body, end }))
}

/// Reads a number of seven bits to a byte, most significant first.
fn number(input: &mut Input) -> Result<u64> {
    let mut number = 0u64;
    for _ in 0..9 {
        let [byte] = input.array()?;
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(DAMAGED)
}

/// Reads the body of `SH`: a checksum, the version, the numbers of samples and of those of
/// silence, and the configuration of the decoder.
fn stream_header(input: &mut Input, body: u64) -> Result<Option<Header>> {
    input.set_pos(body + 4);
    let [version] = input.array()?;
    if version != 8 {
        return Ok(None);
    }
    let samples = number(input)?;
    number(input)?;
    Ok(Some(Header {
        samples,
        config: input.array()?,
    }))
}

impl PacketSource for Packets {
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep> {
        let Some(header) = packet_header(&mut self.input, self.at)? else {
            return Ok(ReadStep::End);
        };
        if &header.key == b"SE" {
            return Ok(ReadStep::End);
        }
        if &header.key != b"AP" {
            self.at = header.end;
            return Ok(ReadStep::Busy);
        }
        if header.end > self.input.len() {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        let wanted = if wants_data {
            header.end - header.body
        } else {
            0
        };
        let passed = self.next.saturating_mul(self.length);
        let ticks = self.length.min(self.total.saturating_sub(passed));
        packet.fill(&mut self.input, header.body, wanted, ticks)?;
        self.next += 1;
        self.at = header.end;
        Ok(ReadStep::Packet)
    }

    fn position(&self) -> Option<u64> {
        numbered(self.at, self.next)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        let (at, next) = split(position);
        (self.at, self.next) = (at.max(self.start), next);
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }
}
