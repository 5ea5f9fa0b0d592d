//! Monkey's Audio, versions 3.80 to 3.99 (monkeysaudio.com, header files of the SDK): a
//! header, a table of the offsets of all frames, and the frames.
//!
//! The decoder reads words of four bytes, counted from the first frame, while a frame may
//! begin anywhere. A packet therefore begins at such a word and states how many bytes to
//! skip, after the number of samples.

mod header;

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice,
};

use self::header::Header;
use crate::packet_source::{PacketDemuxer, PacketSource};
use crate::track_selection;

/// Longest packet in bytes: a frame of 1.2 million stereo samples of 24 bits.
const MAX_PACKET: u64 = 8 << 20;
/// Bytes of a word of the decoder.
const WORD: u64 = 4;
/// Bits per byte, in which old versions count what is skipped.
const BYTE: u64 = 8;

const ENDS_EARLY: FileError = FileError::Damaged {
    detail: "it ends too early",
};

struct Frames {
    /// Reads the frames.
    input: Input,
    /// Reads the table of offsets, and the table of bits that old versions have.
    table: Input,
    bits: Option<Input>,
    header: Header,
    /// Start of the file.
    start: u64,
    /// End of the last frame.
    end: u64,
    next: u64,
    /// Offset of the next frame.
    at: u64,
}

/// Whether a header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MAC ")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let header = Header::read(&mut input, start)?
        .map_err(|name| track_selection::refuse(choice, name.to_owned()))?;
    track_selection::only(choice, Codec::Ape, None)?;
    let samples = header.samples();
    if samples == 0 || header.sample_rate == 0 {
        return Err(FileError::Damaged {
            detail: "a Monkey's Audio file without a sample rate or samples",
        });
    }
    let bits = u32::from(header.bits);
    let mut config = header.version.to_le_bytes().to_vec();
    config.extend(header.compression.to_le_bytes());
    config.extend(header.flags.to_le_bytes());
    let params = CodecParams {
        channels: Channels::usual(header.channels),
        bits_per_sample: Some(bits),
        bits_per_coded_sample: Some(bits),
        max_packet_samples: Some(header.frame_samples.into()),
        config,
        ..CodecParams::new(Codec::Ape, header.sample_rate)
    };
    let track = Track {
        params,
        tick_rate: header.sample_rate,
        has_exact_ticks: true,
        seconds: Some(samples as f64 / f64::from(header.sample_rate)),
        ..Track::default()
    };
    let end = input.len().saturating_sub(header.tail);
    let stated = header
        .data_length
        .map(|length| header.first.saturating_add(length));
    let mut frames = Frames {
        table: input.clone(),
        bits: header.bit_table.map(|_| input.clone()),
        end: stated.filter(|&stated| stated < end).unwrap_or(end),
        input,
        start,
        next: 0,
        at: header.first,
        header,
    };
    frames.seek(0)?;
    Ok(PacketDemuxer::open(frames, track))
}

impl Frames {
    /// The offset of the frame after the next: that of the next entry of the table.
    fn offset_after(&mut self) -> Result<u64> {
        if self.next + 1 >= self.header.frames {
            return Ok(self.end);
        }
        self.table.count_item()?;
        Ok(self.start + u64::from(u32::from_le_bytes(self.table.array()?)))
    }

    /// Bits to skip at the start of the next frame, beside whole bytes, and of the frame
    /// after that. New versions have none.
    fn bits(&mut self) -> Result<(u8, u8)> {
        let (Some(bits), Some(start)) = (&mut self.bits, self.header.bit_table) else {
            return Ok((0, 0));
        };
        let bytes = bits.peek(start + self.next, 2)?;
        let bit = |at: u64| {
            let byte = usize::try_from(at).ok().and_then(|at| bytes.get(at));
            byte.copied()
                .filter(|_| self.next + at < self.header.frames)
        };
        Ok((bit(0).unwrap_or(0), bit(1).unwrap_or(0)))
    }
}

impl PacketSource for Frames {
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep> {
        if self.next >= self.header.frames {
            return Ok(ReadStep::End);
        }
        let (extra_bits, next_bits) = self.bits()?;
        let after = self.offset_after()?;
        let samples = self.header.frame_length(self.next);
        let skip = self.at.wrapping_sub(self.header.first) % WORD;
        let from = self.at.saturating_sub(skip);
        let length = after.checked_sub(from).ok_or(FileError::Damaged {
            detail: "a Monkey's Audio file whose frames are not in order",
        })?;
        // A frame of an old version may end within the word in which the next begins.
        let shared = if next_bits > 0 { WORD } else { 0 };
        let length = length.next_multiple_of(WORD) + shared;
        let left = self.input.len().saturating_sub(from);
        if length > left.saturating_add(2 * WORD) {
            return Err(ENDS_EARLY);
        }
        packet.fill(&mut self.input, from, 0, samples.into())?;
        if wants_data && length <= MAX_PACKET {
            self.input.set_pos(from);
            let mut data = Vec::new();
            self.input.fill_vec(&mut data, length.min(left))?;
            let skip = match self.bits {
                Some(_) => skip * BYTE + u64::from(extra_bits),
                None => skip,
            };
            let skip = u32::try_from(skip).unwrap_or_default();
            packet.data.extend(samples.to_le_bytes());
            packet.data.extend(skip.to_le_bytes());
            packet.data.append(&mut data);
            // The last word may reach beyond the end of the file.
            let whole = usize::try_from(2 * WORD + length).unwrap_or_default();
            packet.data.resize(whole, 0);
        }
        (self.next, self.at) = (self.next + 1, after);
        Ok(ReadStep::Packet)
    }

    fn position(&self) -> Option<u64> {
        Some(self.next)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        let header = &self.header;
        self.next = position.min(header.frames);
        self.at = header.first;
        if self.next > 0 && self.next < header.frames {
            self.table.set_pos(header.table + 4 * self.next);
            self.at = self.start + u64::from(u32::from_le_bytes(self.table.array()?));
        }
        self.table.set_pos(header.table + 4 * (self.next + 1));
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }
}
