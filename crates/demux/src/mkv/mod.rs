//! Matroska and WebM.
//!
//! The demuxer skips the blocks of other tracks without reading them, and reads attachments
//! only for a cover. It supports clusters of unknown length, which browsers record. After
//! damage it continues with the next cluster.

mod block;
mod ebml;
mod tags;
mod tracks;

use std::collections::VecDeque;

use self::ebml::{Element, children, element, float, signed, unsigned};
use self::tags::Metadata;
use self::tracks::Entry;
use tonearm_media_core::{
    Codec, Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackChoice,
};

use crate::track_selection::{Candidate, choose};
use tonearm_media_core::fraction_of;

/// Element IDs.
mod id {
    pub(super) const HEADER: u32 = 0x1a45_dfa3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const TITLE: u32 = 0x7ba9;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const DISCARD_PADDING: u32 = 0x75a2;
}

/// Maximum number of elements per step.
const STEP: usize = 64;
/// Maximum number of elements before the first cluster.
const MAX_HEADERS: usize = 100_000;
/// Maximum number of bytes that one step searches for the next cluster.
const SCAN: usize = 64 << 10;

struct Mkv {
    input: Input,
    track: Track,
    number: u64,
    /// Bytes to prepend to every frame.
    stripped: Vec<u8>,
    packet_ticks: u64,
    at: u64,
    lost_sync: bool,
    /// The file ends within an element.
    is_truncated: bool,
    /// Pending frames of a block.
    frames: VecDeque<Vec<u8>>,
    /// Samples to discard at the end of the last pending frame.
    discard: u64,
}

/// Whether an EBML header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])
}

/// Opens a file and reads its headers.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let mut at = 0;
    let mut entries = None;
    let mut metadata = Metadata::default();
    let mut seconds = None;
    for _ in 0..MAX_HEADERS {
        let Some(found) = element(&mut input, at)? else {
            break;
        };
        at = match found.id {
            id::SEGMENT => {
                metadata.segment = found.body;
                found.body
            }
            id::CLUSTER if entries.is_some() => break,
            id::CLUSTER => found.end.unwrap_or(found.body),
            id => {
                match id {
                    id::INFO => {
                        let title;
                        (title, seconds) = read_info(&found.bytes(&mut input)?);
                        metadata.tags.title = title;
                    }
                    id::TRACKS => entries = Some(tracks::read(&found.bytes(&mut input)?)),
                    id::HEADER => {}
                    _ => metadata.read(&mut input, found)?,
                }
                found.end.unwrap_or(found.body)
            }
        };
    }
    let tags = metadata.finish(&mut input)?;
    let entries = entries.ok_or(FileError::Damaged {
        detail: "a Matroska file without a list of tracks",
    })?;
    let candidates: Vec<Candidate> = entries.iter().map(Entry::candidate).collect();
    let index = choose(choice, &candidates)?;
    let entry = entries
        .into_iter()
        .nth(index)
        .ok_or(FileError::NoAudioTrack)?;
    let tick_rate = match entry.params.codec {
        // Opus always decodes at this rate, whatever the file states.
        Codec::Opus => 48_000,
        _ => entry.params.sample_rate.unwrap_or(0),
    };
    let rate = u64::from(tick_rate);
    let samples = |nanoseconds: u64| {
        let ticks = u128::from(nanoseconds) * u128::from(rate) + 500_000_000;
        u64::try_from(ticks / 1_000_000_000).unwrap_or(u64::MAX)
    };
    let (delay, packet_ticks) = (samples(entry.delay), samples(entry.packet_length));
    let track = Track {
        tick_rate,
        params: entry.params,
        codec_name: entry.codec_name,
        seconds,
        skip: delay,
        tags,
        ..Track::default()
    };
    Ok(Box::new(Mkv {
        input,
        track,
        number: entry.number,
        stripped: entry.stripped,
        packet_ticks,
        at,
        lost_sync: false,
        is_truncated: false,
        frames: VecDeque::new(),
        discard: 0,
    }))
}

/// Title, and duration in seconds.
fn read_info(bytes: &[u8]) -> (Option<String>, Option<f64>) {
    // The default: nanoseconds per tick.
    let mut scale = 1_000_000;
    let mut duration = 0.0;
    let mut title = None;
    for (id, body) in children(bytes) {
        match id {
            id::TIMESTAMP_SCALE => scale = unsigned(body),
            id::DURATION => duration = float(body),
            id::TITLE if body.len() < 1024 => {
                let text = String::from_utf8_lossy(body);
                title = Some(text.trim_matches(['\0', ' ']).to_owned());
            }
            _ => {}
        }
    }
    let seconds = duration * scale as f64 / 1e9;
    let title = title.filter(|title| !title.is_empty());
    (title, (seconds > 0.0).then_some(seconds))
}

/// The end of a truncated file.
const TRUNCATED: Result<ReadStep> = Err(FileError::Damaged {
    detail: "a Matroska file that was cut off",
});

impl Mkv {
    /// Reads one element. `None` at the end.
    fn step(&mut self) -> Result<Option<()>> {
        let Some(found) = element(&mut self.input, self.at)? else {
            return Ok(None);
        };
        self.at = match (found.id, found.end) {
            (id::SEGMENT | id::CLUSTER, _) | (_, None) => found.body,
            (id, Some(end)) => {
                if end > self.input.len() {
                    self.is_truncated = true;
                    return Ok(None);
                }
                match id {
                    id::SIMPLE_BLOCK => self.block(found, end)?,
                    id::BLOCK_GROUP => self.group(found, end)?,
                    _ => {}
                }
                end
            }
        };
        Ok(Some(()))
    }

    /// Takes the frames of a block of the selected track.
    fn block(&mut self, found: Element, end: u64) -> Result<()> {
        let header = self.input.peek(found.body, 8)?;
        if block::track(&header) == Some(self.number) && end - found.body <= Packet::MAX_BYTES {
            let bytes = found.bytes(&mut self.input)?;
            self.take(&bytes);
        }
        Ok(())
    }

    fn group(&mut self, found: Element, end: u64) -> Result<()> {
        // The block comes first. If it belongs to another track, the rest is irrelevant.
        let header = self.input.peek(found.body, 24)?;
        let Some(first) = element(&mut self.input, found.body)? else {
            return Ok(());
        };
        let skip = usize::try_from(first.body - found.body).unwrap_or(usize::MAX);
        let number = block::track(header.get(skip..).unwrap_or_default());
        let is_selected = first.id != id::BLOCK || number == Some(self.number);
        if !is_selected || end - found.body > Packet::MAX_BYTES {
            return Ok(());
        }
        let bytes = found.bytes(&mut self.input)?;
        for (id, body) in children(&bytes) {
            match id {
                id::BLOCK if block::track(body) == Some(self.number) => self.take(body),
                id::DISCARD_PADDING => {
                    let nanoseconds = u128::from(signed(body).max(0).cast_unsigned());
                    let rate = u128::from(self.track.tick_rate);
                    let samples = (nanoseconds * rate + 500_000_000) / 1_000_000_000;
                    self.discard = u64::try_from(samples).unwrap_or(0);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) {
        let Some(block) = block::parse(bytes) else {
            return;
        };
        debug_assert_eq!(block.track, self.number);
        for range in block.frames {
            let frame = bytes.get(range).unwrap_or_default();
            self.frames
                .push_back([self.stripped.as_slice(), frame].concat());
        }
    }

    /// Searches for the next cluster after damage.
    fn resync(&mut self) -> Result<ReadStep> {
        let window = self.input.peek(self.at, SCAN)?;
        let cluster = id::CLUSTER.to_be_bytes();
        match window.windows(4).position(|four| four == cluster) {
            Some(offset) => {
                self.at += offset as u64;
                self.lost_sync = false;
            }
            None if window.len() < SCAN => return TRUNCATED,
            None => self.at += (SCAN - cluster.len()) as u64,
        }
        Ok(ReadStep::Busy)
    }
}

impl Demuxer for Mkv {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        if self.lost_sync {
            return self.resync();
        }
        for _ in 0..STEP {
            if let Some(frame) = self.frames.pop_front() {
                packet.data = frame;
                packet.ticks = self.packet_ticks;
                packet.trim_start = 0;
                packet.is_exact = false;
                packet.trim_end = match self.frames.is_empty() {
                    true => std::mem::take(&mut self.discard),
                    false => 0,
                };
                return Ok(ReadStep::Packet);
            }
            match self.step() {
                Ok(Some(())) => {}
                Ok(None) if self.is_truncated => return TRUNCATED,
                Ok(None) => return Ok(ReadStep::End),
                Err(FileError::Damaged { .. }) => {
                    self.at += 1;
                    self.lost_sync = true;
                    return Ok(ReadStep::Busy);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(ReadStep::Busy)
    }

    fn position(&mut self) -> Option<u64> {
        (self.frames.is_empty() && !self.lost_sync).then_some(self.at)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.at = position;
        self.frames.clear();
        self.discard = 0;
        self.lost_sync = false;
        Ok(())
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.at, self.input.len())
    }
}
