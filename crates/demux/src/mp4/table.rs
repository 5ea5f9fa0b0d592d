//! Where the samples of a track lie: `stts`, `stsc`, `stsz` and `stco` or `co64`
//! (ISO/IEC 14496-12, 8.6 and 8.7), walked side by side and never held.

use tonearm_media_core::{FileError, Input, Result};

use super::boxes::{Table, be32, be64};
use super::movie::Trak;

/// Where one packet lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) pos: u64,
    pub(super) size: u64,
    pub(super) ticks: u64,
    /// The last of the track, and shorter than those before it.
    pub(super) is_short_end: bool,
}

/// A walk over a track's samples.
#[derive(Clone)]
pub(super) struct Samples {
    times: Table<8>,
    ticks: u64,
    same_ticks: u32,
    runs: Table<12>,
    per_chunk: u32,
    next_run: Option<(u32, u32)>,
    sizes: Table<4>,
    constant_size: Option<u32>,
    wide: bool,
    offsets: Table<4>,
    wide_offsets: Table<8>,
    chunk: u32,
    left_in_chunk: u32,
    pos: u64,
    total: u32,
    done: u32,
    /// Uncompressed sound and ADPCM: bytes of a block of all channels, and its
    /// samples.
    block: Option<(u64, u64)>,
    usual_ticks: u64,
}

/// Most samples of uncompressed sound in one packet.
const RUN: u32 = 4096;

impl Samples {
    /// The walk over `trak`. Tables that are missing are empty.
    pub(super) fn new(input: &Input, trak: &Trak) -> Result<Self> {
        let input = &mut input.clone();
        let sizes = trak.sizes.ok_or(FileError::Damaged {
            detail: "no table of sample sizes",
        })?;
        input.set_pos(sizes.body);
        let head: [u8; 12] = input.array()?;
        let (constant_size, total) = (be32(&head, 4), be32(&head, 8));
        let constant_size = Some(constant_size).filter(|&size| size > 0);
        let size_table = match constant_size {
            Some(_) => Table::empty(input),
            None => Table::new(input, sizes.body + 12, sizes.end, total),
        };
        let wide = trak.offsets.is_some_and(|bx| &bx.kind == b"co64");
        let entry = trak.entry.as_ref().filter(|entry| entry.is_raw);
        let block = entry.map(|entry| entry.block).filter(|&(bytes, samples)| {
            // Where the size is that of a block, blocks are what is counted.
            let counts_blocks = samples > 1 && constant_size.map(u64::from) >= Some(bytes);
            bytes > 0 && constant_size.is_some() && !counts_blocks
        });
        Ok(Self {
            times: counted(input, trak.times)?,
            ticks: 0,
            same_ticks: 0,
            runs: counted(input, trak.chunks)?,
            per_chunk: 0,
            next_run: None,
            sizes: size_table,
            constant_size,
            wide,
            offsets: counted(input, trak.offsets.filter(|_| !wide))?,
            wide_offsets: counted(input, trak.offsets.filter(|_| wide))?,
            chunk: 0,
            left_in_chunk: 0,
            pos: 0,
            total,
            done: 0,
            block,
            usual_ticks: 0,
        })
    }

    /// Part of the samples that have been passed.
    pub(super) fn fraction(&self) -> f32 {
        if self.total == 0 {
            return 1.0;
        }
        (f64::from(self.done) / f64::from(self.total)) as f32
    }

    /// The next packet, `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Sample>> {
        if self.done >= self.total || !self.enter_chunk()? {
            return Ok(None);
        }
        let (count, size, ticks) = match self.block {
            Some((bytes, samples)) => {
                let samples = u32::try_from(samples).unwrap_or(RUN).max(1);
                let run = (RUN / samples).max(1).saturating_mul(samples);
                let count = self.left_in_chunk.min(self.total - self.done).min(run);
                let size = u64::from(count.div_ceil(samples)) * bytes;
                (count, size, u64::from(count))
            }
            None => {
                let Some(size) = self.size()? else {
                    return Ok(None);
                };
                (1, size, self.time()?)
            }
        };
        self.left_in_chunk -= count;
        self.done += count;
        let is_last = self.done >= self.total && self.block.is_none();
        let sample = Sample {
            pos: self.pos,
            size,
            ticks,
            is_short_end: is_last && (1..self.usual_ticks).contains(&ticks),
        };
        self.usual_ticks = self.usual_ticks.max(ticks);
        self.pos = self.pos.saturating_add(size);
        Ok(Some(sample))
    }

    fn size(&mut self) -> Result<Option<u64>> {
        Ok(match self.constant_size {
            Some(size) => Some(u64::from(size)),
            None => self.sizes.next()?.map(|size| u64::from(be32(&size, 0))),
        })
    }

    /// Ticks of the next sample; what the table does not cover lasts as long
    /// as what it did.
    fn time(&mut self) -> Result<u64> {
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

    /// Goes on to the next chunk where this one is done; false at the end.
    fn enter_chunk(&mut self) -> Result<bool> {
        // A run without samples would otherwise be walked chunk by chunk.
        while self.left_in_chunk == 0 {
            if self.next_run.is_none() {
                self.next_run = self.run()?;
            }
            self.chunk = self.chunk.saturating_add(1);
            if let Some((first, per_chunk)) = self.next_run
                && first <= self.chunk
            {
                self.per_chunk = per_chunk;
                self.next_run = self.run()?;
            }
            let offset = if self.wide {
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

    /// The next run of equal chunks: number of its first chunk, and samples in
    /// each.
    fn run(&mut self) -> Result<Option<(u32, u32)>> {
        let entry = self.runs.next()?;
        Ok(entry.map(|entry| (be32(&entry, 0), be32(&entry, 4))))
    }
}

/// A table that begins with version, flags and the number of entries.
fn counted<const N: usize>(input: &mut Input, bx: Option<super::boxes::Bx>) -> Result<Table<N>> {
    let Some(bx) = bx.filter(|bx| bx.len() >= 8) else {
        return Ok(Table::empty(input));
    };
    input.set_pos(bx.body);
    let head: [u8; 8] = input.array()?;
    Ok(Table::new(input, bx.body + 8, bx.end, be32(&head, 4)))
}
