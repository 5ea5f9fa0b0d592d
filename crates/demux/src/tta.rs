//! True Audio, version 1 (tausoft.org, "TTA1 format description"): a header, a table of the
//! sizes of all frames, and the frames.

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice,
};

use crate::packet_source::{PacketDemuxer, PacketSource};
use crate::track_selection;

/// Bytes of the header, which is also the configuration of the decoder.
const HEADER: usize = 22;
/// Bytes of a checksum, after the header's fields and after the table.
const CHECKSUM: u64 = 4;
/// Bytes of an entry of the table.
const ENTRY: u64 = 4;

struct Frames {
    /// Reads the frames.
    input: Input,
    /// Reads the table.
    table: Input,
    table_start: u64,
    first: u64,
    count: u64,
    /// Samples per channel of each frame but the last, and of that.
    lengths: (u64, u64),
    /// Number of the next frame, and its offset.
    next: (u64, u64),
}

/// Whether a header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"TTA1")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    input.set_pos(start);
    let header: [u8; HEADER] = input.array()?;
    let [
        _,
        _,
        _,
        _,
        f0,
        f1,
        c0,
        c1,
        b0,
        b1,
        r0,
        r1,
        r2,
        r3,
        s0,
        s1,
        s2,
        s3,
        ..,
    ] = header;
    if u16::from_le_bytes([f0, f1]) != 1 {
        let name = "encrypted True Audio".to_owned();
        return Err(track_selection::refuse(choice, name));
    }
    let channels = u16::from_le_bytes([c0, c1]);
    let bits = u32::from(u16::from_le_bytes([b0, b1]));
    let rate = u32::from_le_bytes([r0, r1, r2, r3]);
    let samples = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
    track_selection::only(choice, Codec::Tta, None)?;
    // The format defines a frame as 256/245 seconds.
    let length = u64::from(rate) * 256 / 245;
    if length == 0 || samples == 0 {
        return Err(FileError::Damaged {
            detail: "a True Audio file without a sample rate or samples",
        });
    }
    let count = samples.div_ceil(length);
    let table_start = start + HEADER as u64;
    let first = table_start + count * ENTRY + CHECKSUM;
    let params = CodecParams {
        channels: Channels::usual(channels),
        bits_per_sample: Some(bits),
        bits_per_coded_sample: Some(bits),
        max_packet_samples: Some(length),
        config: header.to_vec(),
        ..CodecParams::new(Codec::Tta, rate)
    };
    let track = Track {
        params,
        tick_rate: rate,
        has_exact_ticks: true,
        seconds: Some(samples as f64 / f64::from(rate)),
        ..Track::default()
    };
    let mut table = input.clone();
    table.set_pos(table_start);
    let frames = Frames {
        input,
        table,
        table_start,
        first,
        count,
        lengths: (length, samples - (count - 1) * length),
        next: (0, first),
    };
    Ok(PacketDemuxer::open(frames, track))
}

impl Frames {
    /// Reads the next entry of the table.
    fn size(&mut self) -> Result<u64> {
        self.table.count_item()?;
        Ok(u32::from_le_bytes(self.table.array()?).into())
    }
}

impl PacketSource for Frames {
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep> {
        let (number, offset) = self.next;
        if number >= self.count {
            return Ok(ReadStep::End);
        }
        let size = self.size()?;
        let ticks = match number + 1 == self.count {
            true => self.lengths.1,
            false => self.lengths.0,
        };
        if size > self.input.len().saturating_sub(offset) {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        let wanted = if wants_data { size } else { 0 };
        packet.fill(&mut self.input, offset, wanted, ticks)?;
        self.next = (number + 1, offset + size);
        Ok(ReadStep::Packet)
    }

    fn position(&self) -> Option<u64> {
        Some(self.next.0)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.table.set_pos(self.table_start);
        self.next = (0, self.first);
        for _ in 0..position.min(self.count) {
            let size = self.size()?;
            self.next = (self.next.0 + 1, self.next.1 + size);
        }
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        (self.next.1, self.input.len())
    }
}
