//! The sample tables of a track: `stts`, `stsc`, `stsz`, and `stco` or `co64` (ISO/IEC
//! 14496-12, 8.6 and 8.7). They are read in parallel, entry by entry, and not kept in
//! memory.

use tonearm_media_core::{FileError, Input, Result};

use super::boxes::{Bx, Table, be32, be64, damaged};
use super::movie::Trak;

/// The location and duration of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) pos: u64,
    pub(super) size: u64,
    /// Tick of the track at which it begins; `None` if unknown.
    pub(super) time: Option<u64>,
    pub(super) ticks: u64,
    /// The last sample of the track, with a shorter duration than those before.
    pub(super) is_short_end: bool,
}

/// Iterates over a track's samples.
#[derive(Clone)]
pub(super) struct Samples {
    times: Table<8>,
    ticks: u64,
    same_ticks: u32,
    runs: Table<12>,
    per_chunk: u32,
    next_run: Option<(u32, u32)>,
    sizes: Sizes,
    has_wide_offsets: bool,
    offsets: Table<4>,
    wide_offsets: Table<8>,
    chunk: u32,
    left_in_chunk: u32,
    pos: u64,
    total: u32,
    done: u32,
    /// Tick at which the next sample begins.
    time: u64,
    /// PCM and ADPCM: bytes of a block of all channels, and its samples.
    block: Option<(u64, u64)>,
    /// The longest duration so far.
    max_ticks: u64,
}

/// Maximum number of PCM samples per packet.
const MAX_PCM_SAMPLES: u32 = 4096;

impl Samples {
    /// The samples of `trak`. A missing table counts as empty.
    pub(super) fn new(input: &Input, trak: &Trak) -> Result<Self> {
        let input = &mut input.clone();
        let sizes = trak.sizes.ok_or(FileError::Damaged {
            detail: "no table of sample sizes",
        })?;
        let (sizes, total) = Sizes::read(input, sizes)?;
        let constant_size = sizes.constant();
        let has_wide_offsets = trak.offsets.is_some_and(|bx| &bx.kind == b"co64");
        let entry = trak.entry.as_ref().filter(|entry| entry.is_raw);
        let block = entry.map(|entry| entry.block).filter(|&(bytes, samples)| {
            // If the size is that of a block, the tables count blocks.
            let counts_blocks = samples > 1 && constant_size.map(u64::from) >= Some(bytes);
            bytes > 0 && constant_size.is_some() && !counts_blocks
        });
        Ok(Self {
            times: table_of(input, trak.times)?,
            ticks: 0,
            same_ticks: 0,
            runs: table_of(input, trak.chunks)?,
            per_chunk: 0,
            next_run: None,
            sizes,
            has_wide_offsets,
            offsets: table_of(input, trak.offsets.filter(|_| !has_wide_offsets))?,
            wide_offsets: table_of(input, trak.offsets.filter(|_| has_wide_offsets))?,
            chunk: 0,
            left_in_chunk: 0,
            pos: 0,
            total,
            done: 0,
            time: 0,
            block,
            max_ticks: 0,
        })
    }

    /// The fraction of the samples already read.
    pub(super) fn fraction(&self) -> f32 {
        if self.total == 0 {
            return 1.0;
        }
        (f64::from(self.done) / f64::from(self.total)) as f32
    }

    /// The tick at which the next sample begins.
    pub(super) fn time(&self) -> u64 {
        self.time
    }

    /// The next packet, `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Sample>> {
        if self.done >= self.total || !self.enter_chunk()? {
            return Ok(None);
        }
        let (count, size, ticks) = match self.block {
            Some((bytes, samples)) => {
                let samples = u32::try_from(samples).unwrap_or(MAX_PCM_SAMPLES).max(1);
                // Decoders of speech take one block at a time.
                let max = match samples {
                    160.. => samples,
                    _ => (MAX_PCM_SAMPLES / samples).max(1).saturating_mul(samples),
                };
                let count = self.left_in_chunk.min(self.total - self.done).min(max);
                let size = u64::from(count.div_ceil(samples)) * bytes;
                (count, size, u64::from(count))
            }
            None => {
                let Some(size) = self.sizes.next()? else {
                    return Ok(None);
                };
                (1, size, self.next_ticks()?)
            }
        };
        self.left_in_chunk -= count;
        self.done += count;
        let is_last = self.done >= self.total && self.block.is_none();
        // Some writers do not know how long the last sample is.
        let ticks = match ticks {
            0 if is_last => self.max_ticks,
            ticks => ticks,
        };
        let sample = Sample {
            pos: self.pos,
            size,
            time: Some(self.time),
            ticks,
            is_short_end: is_last && (1..self.max_ticks).contains(&ticks),
        };
        self.max_ticks = self.max_ticks.max(ticks);
        self.pos = self.pos.saturating_add(size);
        self.time = self.time.saturating_add(ticks);
        Ok(Some(sample))
    }

    /// Ticks of the next sample. Samples beyond the end of the table last as long as the last
    /// one in it.
    fn next_ticks(&mut self) -> Result<u64> {
        while self.same_ticks == 0 {
            let Some(entry) = self.times.next()? else {
                return Ok(self.ticks);
            };
            self.same_ticks = be32(&entry, 0);
            self.ticks = u64::from(be32(&entry, 4));
        }
        self.same_ticks -= 1;
        Ok(self.ticks)
    }

    /// Continues with the next chunk if the current one has no more samples. Returns false at
    /// the end.
    fn enter_chunk(&mut self) -> Result<bool> {
        while self.left_in_chunk == 0 {
            if self.next_run.is_none() {
                self.next_run = self.read_run()?;
            }
            self.chunk = self.chunk.saturating_add(1);
            if let Some((first, per_chunk)) = self.next_run
                && first <= self.chunk
            {
                self.per_chunk = per_chunk;
                self.next_run = self.read_run()?;
            }
            let offset = if self.has_wide_offsets {
                self.wide_offsets.next()?.map(|entry| be64(&entry, 0))
            } else {
                let entry = self.offsets.next()?;
                entry.map(|entry| u64::from(be32(&entry, 0)))
            };
            let Some(offset) = offset else {
                return Ok(false);
            };
            self.pos = offset;
            self.left_in_chunk = self.per_chunk;
        }
        Ok(true)
    }

    /// The next run of equal chunks: the number of its first chunk, and the samples per chunk.
    fn read_run(&mut self) -> Result<Option<(u32, u32)>> {
        let entry = self.runs.next()?;
        Ok(entry.map(|entry| (be32(&entry, 0), be32(&entry, 4))))
    }
}

/// The table of sample sizes (ISO/IEC 14496-12, 8.7.3).
#[derive(Clone)]
enum Sizes {
    /// All samples have one size.
    Constant(u32),
    /// `stsz`: 32 bits each.
    Wide(Table<4>),
    /// `stz2`: 16 bits each.
    Short(Table<2>),
    /// `stz2`: 8 bits each.
    Byte(Table<1>),
    /// `stz2`: 4 bits each, and the second size of the last byte.
    Nibble(Table<1>, Option<u8>),
}

impl Sizes {
    /// The table, and the number of samples.
    fn read(input: &mut Input, bx: Bx) -> Result<(Self, u32)> {
        input.set_pos(bx.body);
        let fields: [u8; 12] = input.array()?;
        let (field, total) = (be32(&fields, 4), be32(&fields, 8));
        let at = bx.body + 12;
        let sizes = match (&bx.kind, field & 0xff) {
            (b"stz2", 4) => Self::Nibble(Table::new(input, at, bx.end, total.div_ceil(2)), None),
            (b"stz2", 8) => Self::Byte(Table::new(input, at, bx.end, total)),
            (b"stz2", 16) => Self::Short(Table::new(input, at, bx.end, total)),
            (b"stz2", _) => return damaged("the table of sample sizes"),
            _ if field > 0 => Self::Constant(field),
            _ => Self::Wide(Table::new(input, at, bx.end, total)),
        };
        Ok((sizes, total))
    }

    fn constant(&self) -> Option<u32> {
        match self {
            Self::Constant(size) => Some(*size),
            _ => None,
        }
    }

    fn next(&mut self) -> Result<Option<u64>> {
        Ok(match self {
            Self::Constant(size) => Some(u64::from(*size)),
            Self::Wide(table) => table.next()?.map(|size| u64::from(be32(&size, 0))),
            Self::Short(table) => table.next()?.map(|size| u16::from_be_bytes(size).into()),
            Self::Byte(table) => table.next()?.map(|[size]| size.into()),
            Self::Nibble(table, second) => match second.take() {
                Some(size) => Some(size.into()),
                None => table.next()?.map(|[pair]| {
                    *second = Some(pair & 15);
                    u64::from(pair >> 4)
                }),
            },
        })
    }
}

/// What the table of durations (`stts`) states as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Durations {
    /// Ticks of all samples.
    pub(super) total: u64,
    /// The most frequent duration.
    pub(super) usual: u64,
}

impl Durations {
    /// Reads an `stts` box.
    pub(super) fn read(input: &Input, bx: Bx) -> Result<Self> {
        let mut table = table_of::<8>(&mut input.clone(), Some(bx))?;
        let (mut total, mut most, mut usual) = (0u64, 0, 0);
        while let Some(entry) = table.next()? {
            let (count, ticks) = (be32(&entry, 0), be32(&entry, 4));
            total = total.saturating_add(u64::from(count) * u64::from(ticks));
            if count > most {
                (most, usual) = (count, u64::from(ticks));
            }
        }
        Ok(Self { total, usual })
    }
}

/// A table that begins with version, flags and the number of entries.
fn table_of<const N: usize>(input: &mut Input, bx: Option<Bx>) -> Result<Table<N>> {
    let Some(bx) = bx.filter(|bx| bx.len() >= 8) else {
        return Ok(Table::empty(input));
    };
    input.set_pos(bx.body);
    let fields: [u8; 8] = input.array()?;
    Ok(Table::new(input, bx.body + 8, bx.end, be32(&fields, 4)))
}
