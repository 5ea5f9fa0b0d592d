//! The headers of Monkey's Audio: a descriptor and a header since version 3.98, one header
//! before.

use tonearm_media_core::{Input, Result};

/// Versions whose frames the decoder understands.
const VERSIONS: std::ops::RangeInclusive<u16> = 3800..=3990;
/// The first version with a descriptor.
const WITH_DESCRIPTOR: u16 = 3980;
/// The first version without a table of bits.
const WITHOUT_BITS: u16 = 3810;

/// Flags of the old header.
mod flag {
    pub(super) const BITS_8: u16 = 1;
    pub(super) const HAS_PEAK: u16 = 4;
    pub(super) const BITS_24: u16 = 8;
    pub(super) const HAS_TABLE_LENGTH: u16 = 16;
    pub(super) const CREATES_WAV_HEADER: u16 = 32;
}

/// What the headers state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u16,
    pub(super) compression: u16,
    pub(super) flags: u16,
    pub(super) channels: u16,
    pub(super) bits: u16,
    pub(super) sample_rate: u32,
    /// Samples per channel of each frame but the last, and of that.
    pub(super) frame_samples: u32,
    final_samples: u32,
    pub(super) frames: u64,
    /// Start of the table of offsets, which are counted from the start of the file.
    pub(super) table: u64,
    /// Start of the table of bits.
    pub(super) bit_table: Option<u64>,
    /// Start of the first frame.
    pub(super) first: u64,
    /// Bytes of all frames, if stated.
    pub(super) data_length: Option<u64>,
    /// Bytes of the WAV file after its samples.
    pub(super) tail: u64,
}

/// Reads little-endian numbers one after another.
struct Numbers<'i>(&'i mut Input);

impl Numbers<'_> {
    fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.0.array()?))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.0.array()?))
    }

    fn skip(&mut self, bytes: u64) {
        self.0.set_pos(self.0.pos().saturating_add(bytes));
    }
}

impl Header {
    /// Reads the headers at `start`, or names an unsupported version.
    pub(super) fn read(input: &mut Input, start: u64) -> Result<Result<Self, &'static str>> {
        input.set_pos(start + 4);
        let mut numbers = Numbers(input);
        let version = numbers.u16()?;
        if !VERSIONS.contains(&version) {
            return Ok(Err(match version {
                0..3800 => "an early version of Monkey's Audio",
                _ => "a later version of Monkey's Audio",
            }));
        }
        let header = Self {
            version,
            ..Self::default()
        };
        match version {
            WITH_DESCRIPTOR.. => header.read_new(numbers, start),
            _ => header.read_old(numbers),
        }
        .map(Ok)
    }

    fn read_new(mut self, mut numbers: Numbers<'_>, start: u64) -> Result<Self> {
        numbers.skip(2);
        let descriptor = u64::from(numbers.u32()?);
        let header = u64::from(numbers.u32()?);
        let table = u64::from(numbers.u32()?);
        let wav_header = u64::from(numbers.u32()?);
        let (low, high) = (numbers.u32()?, numbers.u32()?);
        self.data_length = Some(u64::from(high) << 32 | u64::from(low)).filter(|&all| all > 0);
        self.tail = numbers.u32()?.into();
        // A checksum ends the descriptor.
        numbers.0.set_pos(start + descriptor);
        self.compression = numbers.u16()?;
        self.flags = numbers.u16()?;
        self.frame_samples = numbers.u32()?;
        self.final_samples = numbers.u32()?;
        self.frames = numbers.u32()?.into();
        self.bits = numbers.u16()?;
        self.channels = numbers.u16()?;
        self.sample_rate = numbers.u32()?;
        self.table = start + descriptor + header;
        self.first = self.table + table + wav_header;
        self.frames = self.frames.min(table / 4);
        Ok(self)
    }

    fn read_old(mut self, mut numbers: Numbers<'_>) -> Result<Self> {
        self.compression = numbers.u16()?;
        self.flags = numbers.u16()?;
        self.channels = numbers.u16()?;
        self.sample_rate = numbers.u32()?;
        let wav_header = u64::from(numbers.u32()?);
        self.tail = numbers.u32()?.into();
        self.frames = numbers.u32()?.into();
        self.final_samples = numbers.u32()?;
        if self.flags & flag::HAS_PEAK != 0 {
            numbers.skip(4);
        }
        let mut entries = self.frames;
        if self.flags & flag::HAS_TABLE_LENGTH != 0 {
            entries = numbers.u32()?.into();
        }
        self.frames = self.frames.min(entries);
        self.bits = match self.flags {
            flags if flags & flag::BITS_8 != 0 => 8,
            flags if flags & flag::BITS_24 != 0 => 24,
            _ => 16,
        };
        self.frame_samples = match (self.version, self.compression) {
            (3950.., _) => 4 * 73_728,
            (3900.., _) | (_, 4000..) => 73_728,
            _ => 9216,
        };
        if self.flags & flag::CREATES_WAV_HEADER == 0 {
            numbers.skip(wav_header);
        }
        self.table = numbers.0.pos();
        self.first = self.table + 4 * entries;
        if self.version < WITHOUT_BITS {
            self.bit_table = Some(self.first);
            self.first += self.frames;
        }
        Ok(self)
    }

    /// Samples per channel of the file.
    pub(super) fn samples(&self) -> u64 {
        let before = self.frames.saturating_sub(1) * u64::from(self.frame_samples);
        before + u64::from(self.final_samples) * self.frames.min(1)
    }

    /// Samples per channel of a frame.
    pub(super) fn frame_length(&self, frame: u64) -> u32 {
        match frame + 1 < self.frames {
            true => self.frame_samples,
            false => self.final_samples,
        }
    }
}
