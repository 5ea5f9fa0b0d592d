//! Movie fragments: `moof` boxes, each with the samples of a few seconds (ISO/IEC 14496-12,
//! 8.8). They are read one by one and not kept in memory.

use tonearm_media_core::{Input, Result};

use super::boxes::{Bx, be32, be64, child, damaged, top_level};
use super::movie::Extends;
use super::table::Sample;

/// Iterates over the samples of one track in all fragments.
pub(super) struct Fragments {
    input: Input,
    defaults: Extends,
    /// Offset of the next box of the file.
    at: u64,
    /// The last box was truncated.
    is_truncated: bool,
    moof: Option<Level>,
    traf: Option<Level>,
    run: Run,
    /// Defaults of the current track fragment.
    ticks: u32,
    size: u32,
    base: u64,
    /// The fragment belongs to another track. It is read only for its end, where the data of
    /// the next fragment begins.
    is_other: bool,
    /// Offset of the data of the next sample, unless its run states an offset.
    pos: u64,
    /// Tick of the track at which the next sample begins; `None` if unknown.
    time: Option<u64>,
}

/// A box whose children are being read.
#[derive(Clone, Copy)]
struct Level {
    bx: Bx,
    at: u64,
}

/// The unread entries of a `trun` box.
#[derive(Default)]
struct Run {
    at: u64,
    left: u32,
    flags: u32,
}

/// The result of a step.
pub(super) enum SampleStep {
    Sample(Sample),
    /// Only other boxes so far; call again.
    Busy,
    End,
}

/// Flags of `tfhd`: data offsets are relative to a stated base, or to the `moof`.
const BASE: u32 = 1;
const BASE_IS_MOOF: u32 = 0x2_0000;
/// Maximum number of boxes per step.
const STEP: usize = 256;

impl Fragments {
    /// Starts at the top-level box at `at`.
    pub(super) fn new(input: &Input, at: u64, defaults: Extends) -> Self {
        Self {
            input: input.clone(),
            defaults,
            at,
            is_truncated: false,
            moof: None,
            traf: None,
            run: Run::default(),
            ticks: 0,
            size: 0,
            base: 0,
            is_other: false,
            pos: 0,
            time: Some(0),
        }
    }

    /// Sets the tick at which the next sample begins, unless its fragment states that.
    pub(super) fn begin_at(&mut self, time: u64) {
        self.time = Some(time);
    }

    /// The current offset in the file.
    pub(super) fn offset(&self) -> u64 {
        self.at
    }

    /// The offset of the next fragment, if the current one has no more samples.
    pub(super) fn position(&mut self) -> Option<u64> {
        for _ in 0..STEP {
            // Errors are ignored here: `next` encounters and reports them again.
            match (self.run.left, self.traf, self.moof) {
                (0, Some(traf), _) => self.traf = self.in_traf(traf).ok()?,
                (0, None, Some(moof)) => self.moof = self.in_moof(moof).ok()?,
                (0, None, None) => return Some(self.at),
                _ => break,
            }
        }
        None
    }

    /// Continues at a [`position`](Self::position).
    pub(super) fn seek(&mut self, position: u64) {
        (self.at, self.moof, self.traf) = (position, None, None);
        (self.run, self.is_truncated) = (Run::default(), false);
        self.time = None;
    }

    /// The next sample.
    pub(super) fn next(&mut self) -> Result<SampleStep> {
        for _ in 0..STEP {
            if self.run.left > 0 {
                let sample = self.sample()?;
                match self.is_other {
                    false => return Ok(SampleStep::Sample(sample)),
                    true if self.run.left > 0 => continue,
                    true => return Ok(SampleStep::Busy),
                }
            }
            if let Some(traf) = self.traf {
                self.traf = self.in_traf(traf)?;
            } else if let Some(moof) = self.moof {
                self.moof = self.in_moof(moof)?;
            } else {
                let Some(bx) = top_level(&mut self.input, self.at)? else {
                    return match self.is_truncated {
                        true => damaged("it ends in the middle of a fragment"),
                        false => Ok(SampleStep::End),
                    };
                };
                self.at = bx.end;
                self.is_truncated = bx.is_truncated;
                self.moof = (&bx.kind == b"moof").then_some(Level { bx, at: bx.body });
                // The default offset of the data.
                self.pos = bx.start;
            }
        }
        Ok(SampleStep::Busy)
    }

    fn in_moof(&mut self, mut moof: Level) -> Result<Option<Level>> {
        let Some(bx) = child(&mut self.input, moof.at, moof.bx.end)? else {
            return Ok(None);
        };
        moof.at = bx.end;
        if &bx.kind == b"traf" {
            // Defaults for a track fragment whose header is missing or damaged.
            (self.base, self.is_other) = (moof.bx.start, false);
            (self.ticks, self.size) = (self.defaults.ticks, self.defaults.size);
            self.traf = Some(Level { bx, at: bx.body });
        }
        Ok(Some(moof))
    }

    fn in_traf(&mut self, mut traf: Level) -> Result<Option<Level>> {
        let Some(bx) = child(&mut self.input, traf.at, traf.bx.end)? else {
            return Ok(None);
        };
        traf.at = bx.end;
        match &bx.kind {
            b"tfhd" if !self.header(bx)? => return Ok(None),
            b"trun" => self.start_run(bx)?,
            b"tfdt" if !self.is_other => self.time = decode_time(&mut self.input, bx)?,
            _ => {}
        }
        Ok(Some(traf))
    }

    /// Reads `tfhd`. Returns false if the fragment belongs to another track and can be
    /// skipped. Without a base, the data of the next fragment follows the data of this one,
    /// which must then be read.
    fn header(&mut self, bx: Bx) -> Result<bool> {
        let mut fields = [0; 40];
        let have = usize::try_from(bx.len()).unwrap_or(40).min(40);
        self.input.set_pos(bx.body);
        self.input.fill(&mut fields[..have])?;
        let flags = be32(&fields, 0);
        let mut at = 8;
        let mut field = |bit: u32, size: usize| {
            let here = at;
            let is_present = flags & bit != 0;
            at += if is_present { size } else { 0 };
            is_present.then_some(here)
        };
        let follows_previous = flags & (BASE | BASE_IS_MOOF) == 0;
        if let Some(at) = field(BASE, 8) {
            self.base = be64(&fields, at);
        } else if follows_previous {
            self.base = self.pos;
        }
        field(2, 4);
        self.ticks = field(8, 4).map_or(self.defaults.ticks, |at| be32(&fields, at));
        self.size = field(16, 4).map_or(self.defaults.size, |at| be32(&fields, at));
        self.pos = self.base;
        self.is_other = be32(&fields, 4) != self.defaults.track;
        Ok(!self.is_other || follows_previous)
    }

    fn start_run(&mut self, bx: Bx) -> Result<()> {
        let mut fields = [0; 16];
        let have = usize::try_from(bx.len()).unwrap_or(16).min(16);
        self.input.set_pos(bx.body);
        self.input.fill(&mut fields[..have])?;
        let flags = be32(&fields, 0) & 0xff_ffff;
        let mut at = bx.body + 8;
        if flags & 1 != 0 {
            let offset = i64::from(be32(&fields, 8).cast_signed());
            self.pos = self.base.saturating_add_signed(offset);
            at += 4;
        }
        if flags & 4 != 0 {
            at += 4;
        }
        let entry = u64::from((flags & 0xf00).count_ones()) * 4;
        let room = bx.end.saturating_sub(at).checked_div(entry);
        // Samples without entries take no room in the box, so their number is limited by the
        // size of the file. A frame has at least 2 bytes.
        let max = room.unwrap_or(self.input.len() / 2);
        let left = u64::from(be32(&fields, 4)).min(max);
        self.run = Run {
            at,
            left: u32::try_from(left).unwrap_or(u32::MAX),
            flags,
        };
        Ok(())
    }

    fn sample(&mut self) -> Result<Sample> {
        self.input.count_item()?;
        let mut entry = [0; 16];
        let count = (self.run.flags & 0xf00).count_ones() as usize;
        self.input.set_pos(self.run.at);
        self.input.fill(&mut entry[..count * 4])?;
        self.run.at += count as u64 * 4;
        self.run.left -= 1;
        let mut at = 0;
        let mut field = |bit: u32, default: u32| {
            if self.run.flags & bit == 0 {
                return default;
            }
            at += 4;
            be32(&entry, at - 4)
        };
        let ticks = field(0x100, self.ticks);
        let size = field(0x200, self.size);
        let sample = Sample {
            pos: self.pos,
            size: u64::from(size),
            time: self.time.filter(|_| !self.is_other),
            ticks: u64::from(ticks),
            is_short_end: false,
        };
        if !self.is_other {
            let end = self.time.map(|time| time.saturating_add(u64::from(ticks)));
            self.time = end;
        }
        self.pos = self.pos.saturating_add(u64::from(size));
        Ok(sample)
    }
}

/// The time in a `tfdt` box, in ticks of its track (ISO/IEC 14496-12, 8.8.12).
pub(super) fn decode_time(input: &mut Input, bx: Bx) -> Result<Option<u64>> {
    let fields = input.peek(bx.body, 12.min(usize::try_from(bx.len()).unwrap_or(12)))?;
    Ok(match fields.first() {
        Some(1) if fields.len() >= 12 => Some(be64(&fields, 4)),
        Some(0) if fields.len() >= 8 => Some(be32(&fields, 4).into()),
        _ => None,
    })
}
