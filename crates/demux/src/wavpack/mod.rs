//! WavPack, versions 4 and 5 (wavpack.com, "WavPack 4 & 5 Binary File / Block Format").
//!
//! A block has one or two channels; the blocks of all channels together are a packet. The
//! file of corrections of a hybrid stream is not read.

mod block;

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice,
};

use self::block::{BlockHeader, HEADER};
use crate::packet_source::{PacketDemuxer, PacketSource};
use crate::track_selection;

/// Maximum number of bytes that one call searches after damage.
const SCAN: usize = 64 << 10;
/// Blocks without samples before the first packet: metadata.
const MAX_EMPTY: usize = 1000;
/// Most blocks of a packet.
const MAX_BLOCKS: usize = 4096;

struct Blocks {
    input: Input,
    start: u64,
    at: u64,
    rate: u32,
    /// Sample number of the first block.
    origin: u64,
    /// Sample number after the last packet.
    expected: u64,
    /// Whether sample numbers have started over: several files one after another.
    is_joined: bool,
}

/// Whether a block begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    BlockHeader::parse(bytes).is_some()
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::WavPack, None)?;
    let mut at = start;
    let mut first = None;
    for _ in 0..MAX_EMPTY {
        input.count_item()?;
        let head = input.peek(at, HEADER)?;
        match BlockHeader::parse(&head) {
            Some(header) if header.samples > 0 => {
                first = Some(header);
                break;
            }
            Some(header) => at += header.length,
            None => break,
        }
    }
    let first = first.ok_or(FileError::Damaged {
        detail: "a WavPack file without samples",
    })?;
    let body = usize::try_from(first.length).unwrap_or(usize::MAX);
    let format = block::format(&input.peek(at, body.min(SCAN))?, &first);
    let rate = format.rate;
    let bits = first.bits();
    let params = CodecParams {
        channels: Channels::from_wave_mask(format.mask, format.channels),
        bits_per_sample: Some(bits),
        bits_per_coded_sample: Some(bits),
        config: first.version.to_le_bytes().to_vec(),
        ..CodecParams::new(Codec::WavPack, rate)
    };
    let seconds = first
        .total
        .filter(|_| rate > 0)
        .map(|total| total as f64 / f64::from(rate));
    let track = Track {
        params,
        tick_rate: rate,
        has_exact_ticks: true,
        seconds,
        ..Track::default()
    };
    let blocks = Blocks {
        input,
        start: at,
        at,
        rate,
        origin: first.index,
        expected: 0,
        is_joined: false,
    };
    Ok(PacketDemuxer::open(blocks, track))
}

impl Blocks {
    /// The header at `at`; `None` if there is none.
    fn header(&mut self, at: u64) -> Result<Option<BlockHeader>> {
        self.input.count_item()?;
        Ok(BlockHeader::parse(&self.input.peek(at, HEADER)?))
    }

    /// Searches for the next block after damage.
    fn resync(&mut self) -> Result<ReadStep> {
        let window = self.input.peek(self.at, SCAN)?;
        let found = (1..window.len())
            .find(|&at| BlockHeader::parse(window.get(at..).unwrap_or_default()).is_some());
        match found {
            Some(offset) => self.at += offset as u64,
            None if window.len() < SCAN => {
                self.at = self.input.len();
                return Ok(ReadStep::End);
            }
            None => self.at += (SCAN - HEADER) as u64,
        }
        Ok(ReadStep::Busy)
    }

    /// The end of the blocks that begin with `first` at the position, or `None` where one
    /// is missing.
    fn end(&mut self, first: &BlockHeader) -> Result<Option<u64>> {
        let mut end = self.at + first.length;
        let mut is_final = first.is_final;
        for _ in 0..MAX_BLOCKS {
            if is_final {
                return Ok(Some(end));
            }
            match self.header(end)? {
                Some(next) if !next.is_initial && next.index == first.index => {
                    end += next.length;
                    is_final = next.is_final;
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Nanoseconds from the first sample of the file.
    fn time(&mut self, header: &BlockHeader) -> Option<i64> {
        self.is_joined |= header.index < self.expected;
        self.expected = header.index.saturating_add(header.samples);
        let samples = header
            .index
            .checked_sub(self.origin)
            .filter(|_| !self.is_joined)?;
        let time = u128::from(samples) * 1_000_000_000;
        i64::try_from(time.checked_div(u128::from(self.rate))?).ok()
    }
}

impl PacketSource for Blocks {
    fn read(&mut self, packet: &mut Packet, wants_data: bool) -> Result<ReadStep> {
        if self.input.len().saturating_sub(self.at) < HEADER as u64 {
            return Ok(ReadStep::End);
        }
        let Some(header) = self.header(self.at)? else {
            return self.resync();
        };
        if header.samples == 0 || !header.is_initial {
            self.at += header.length;
            return Ok(ReadStep::Busy);
        }
        let end = match self.end(&header)? {
            Some(end) if end <= self.input.len() => end,
            _ if self.at + header.length >= self.input.len() => {
                return Err(FileError::Damaged {
                    detail: "it ends too early",
                });
            }
            _ => return self.resync(),
        };
        let wanted = if wants_data { end - self.at } else { 0 };
        packet.fill(&mut self.input, self.at, wanted, header.samples)?;
        packet.time = self.time(&header);
        self.at = end;
        Ok(ReadStep::Packet)
    }

    fn position(&self) -> Option<u64> {
        (!self.is_joined).then_some(self.at)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.at = position.max(self.start);
        (self.expected, self.is_joined) = (0, false);
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }
}
