//! DSF (Sony, "DSF File Format Specification", version 1.01): blocks of each channel in
//! turn.

use tonearm_media_core::{
    Channels, Codec, Demuxer, FileError, Input, Packet, ReadStep, Result, TrackChoice,
};

use crate::id3v2;
use crate::packet_source::{PacketDemuxer, PacketSource};
use crate::track_selection;

/// Bytes of the chunk `DSD `.
const FILE_HEADER: u64 = 28;
/// Bytes of the fields of the chunk `fmt `.
const FORMAT: usize = 52;
/// Bytes of the header of the chunk `data`.
const DATA_HEADER: u64 = 12;
/// Longest block of a channel; the specification fixes it at 4096.
const MAX_BLOCK: u64 = 64 << 10;

struct Blocks {
    input: Input,
    start: u64,
    channels: u64,
    /// Bytes of a block of one channel.
    block: u64,
    /// Bytes of a channel in the file, without the padding of the last block.
    length: u64,
    next: u64,
}

/// Whether the chunk `DSD ` begins here, of its fixed size.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"DSD \x1c\0\0\0\0\0\0\0")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let damaged = || FileError::Damaged {
        detail: "a DSF file with an invalid header",
    };
    input.set_pos(start + 20);
    let metadata = u64::from_le_bytes(input.array()?);
    let format: [u8; FORMAT] = input.array()?;
    let le32 =
        |at: usize| -> Option<u32> { Some(u32::from_le_bytes(*format.get(at..)?.first_chunk()?)) };
    let le64 =
        |at: usize| -> Option<u64> { Some(u64::from_le_bytes(*format.get(at..)?.first_chunk()?)) };
    let fields = |at: usize| le32(at).ok_or_else(damaged);
    let size = le64(4).ok_or_else(damaged)?;
    let format_start = start.saturating_add(FILE_HEADER);
    let data = format_start.saturating_add(size.max(FORMAT as u64));
    let (id, kind, count) = (fields(16)?, fields(20)?, fields(24)?);
    let bits = le64(36).ok_or_else(damaged)?;
    let block = u64::from(fields(44)?);
    if !format.starts_with(b"fmt ") || id != 0 || !(1..=MAX_BLOCK).contains(&block) {
        return Err(damaged());
    }
    let channel_count = u16::try_from(count).map_err(|_| damaged())?;
    let codec = match fields(32)? {
        8 => Codec::DsdMsbPlanar,
        _ => Codec::DsdLsbPlanar,
    };
    let channels = layout(kind, channel_count);
    track_selection::only(choice, codec, None)?;
    let tags = match metadata {
        0 => Default::default(),
        at => {
            let length = usize::try_from(id3v2::MAX_TAGS).unwrap_or(0);
            id3v2::all(&input.peek(start.saturating_add(at), length)?)
        }
    };
    // An interrupted writer leaves the number of samples at 0.
    let body = data.saturating_add(DATA_HEADER);
    let stored = input.len().saturating_sub(body) / u64::from(count.max(1));
    let length = if bits > 0 { bits / 8 } else { stored };
    let mut track = super::track(codec, channels, fields(28)?, length, tags)?;
    let block_bytes = block.saturating_mul(count.into());
    track.params.block_bytes = u32::try_from(block_bytes).ok();
    let blocks = Blocks {
        input,
        start: body,
        channels: count.into(),
        block,
        length,
        next: 0,
    };
    Ok(PacketDemuxer::open(blocks, track))
}

/// The channels by their type.
fn layout(kind: u32, count: u16) -> Option<Channels> {
    match (kind, count) {
        (4, 4) => Some(Channels::QUAD),
        // Front left, right, centre, and the low-frequency channel.
        (5, 4) => Some(Channels::Speakers(0xf)),
        (6, 5) => Some(Channels::SURROUND_5),
        (7, 6) => Some(Channels::SURROUND_5_1),
        _ => Channels::usual(count),
    }
}

impl PacketSource for Blocks {
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep> {
        let passed = self.next * self.block;
        let length = self.length.saturating_sub(passed).min(self.block);
        if length == 0 {
            return Ok(ReadStep::End);
        }
        let from = self
            .start
            .saturating_add(passed.saturating_mul(self.channels));
        let stored = self.block * self.channels;
        // The padding of the last block may be missing.
        let needed = stored - (self.block - length);
        if from.saturating_add(needed) > self.input.len() {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        packet.fill(&mut self.input, from, 0, length)?;
        if wants_data && length == self.block {
            packet.fill(&mut self.input, from, stored, length)?;
        } else if wants_data {
            // The rest of the last block of each channel is padding.
            for channel in 0..self.channels {
                let size = usize::try_from(length).unwrap_or(0);
                let bytes = self.input.peek(from + channel * self.block, size)?;
                packet.data.extend(bytes);
            }
        }
        self.next += 1;
        Ok(ReadStep::Packet)
    }

    fn position(&self) -> Option<u64> {
        Some(self.next)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.next = position.min(self.length / self.block + 1);
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        let passed = self.next.saturating_mul(self.block);
        (passed.min(self.length), self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tonearm_media_core::TrackSelector;

    #[test]
    fn a_chunk_that_claims_any_size_is_no_overflow() {
        let mut bytes = b"DSD \x1c\0\0\0\0\0\0\0".to_vec();
        bytes.extend([0; 16]);
        bytes.extend(b"fmt ");
        bytes.extend(u64::MAX.to_le_bytes());
        for field in [1, 0, 2, 2, 2_822_400, 1, 0, 0, 4096u32] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend([0; 4]);
        let choice = TrackChoice::from(TrackSelector::Default);
        let input = Input::new(Cursor::new(bytes)).unwrap();
        let mut demuxer = open(input, 0, &choice).unwrap();
        let step = demuxer.next(&mut Packet::default());
        assert_eq!(step.unwrap(), ReadStep::End);
    }
}
