//! Reads the blocks of one track.

use std::collections::VecDeque;

use tonearm_media_core::{Demuxer, FileError, Input, Packet, ReadStep, Result, Track, fraction_of};

use super::block::{self, BlockHeader};
use super::cluster::{self, Cluster};
use super::ebml::{Element, children, element, signed};
use super::encoding::Encoding;
use super::id;
use super::sync::{Check, Judge};
use crate::resync::{MAX_TRAILER, MAX_WINDOW, MIN_WINDOW, Search};

/// Maximum number of elements per step.
const STEP: usize = 64;
/// Maximum number of steps for the first packet.
const MAX_PROBE: usize = 100;
/// The end of a truncated file.
const TRUNCATED: FileError = FileError::Damaged {
    detail: "a Matroska file that was cut off",
};

/// Nanoseconds by which blocks of different tracks may be out of order.
const INTERLEAVING: i64 = 2_000_000_000;

/// How block timestamps become times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// Nanoseconds per tick.
    pub(super) scale: u64,
    /// Nanoseconds that the codec delays the track.
    pub(super) delay: u64,
    /// The beginning of the file, in nanoseconds.
    pub(super) origin: i64,
    /// Length that the file states, in nanoseconds; a cluster long after it is damaged.
    pub(super) length: Option<u64>,
}

/// Nanoseconds that a cluster may begin after the stated end: the statement may be that of
/// another program's cut.
const MAX_EXCESS: u64 = 60_000_000_000;

impl Clock {
    /// Nanoseconds of a timestamp in ticks, from zero of the segment.
    pub(super) fn nanoseconds(&self, ticks: i128) -> i64 {
        let nanoseconds = ticks.saturating_mul(i128::from(self.scale));
        let limit = i128::from(i64::MAX / 4);
        i64::try_from(nanoseconds.clamp(-limit, limit)).unwrap_or(0)
    }

    /// The time of a block.
    fn time(&self, cluster: Option<&Cluster>, timestamp: i16) -> Option<i64> {
        let base = cluster?.timestamp?;
        let at = self.nanoseconds(i128::from(base) + i128::from(timestamp));
        let latest = self
            .length
            .map_or(u64::MAX, |length| length.saturating_add(MAX_EXCESS));
        let is_plausible = u64::try_from(at).unwrap_or(0) <= latest;
        let delay = i64::try_from(self.delay).unwrap_or(0);
        is_plausible.then(|| at.saturating_sub(delay).saturating_sub(self.origin))
    }
}

/// A frame of a block.
struct Frame {
    data: Vec<u8>,
    time: Option<i64>,
    /// Samples to discard at the end.
    discard: u64,
}

/// The search for the next element after damage.
struct Lost {
    /// Where it began.
    start: u64,
    window: usize,
    /// The frames of the block before the damage, which are good if no element begins
    /// before its end.
    suspect: Option<(u64, Vec<Frame>)>,
    /// An element ended after the file.
    is_cut: bool,
}

/// The packets of one track.
pub(super) struct Mkv {
    pub(super) input: Input,
    pub(super) track: Track,
    pub(super) number: u64,
    pub(super) encoding: Encoding,
    pub(super) packet_ticks: u64,
    pub(super) clock: Clock,
    pub(super) judge: Judge,
    pub(super) at: u64,
    pub(super) state: State,
}

/// Where reading is, apart from the offset.
#[derive(Default)]
pub(super) struct State {
    /// `None` between clusters, and where the header of one was destroyed: its blocks have no
    /// time and follow the audio before them.
    cluster: Option<Cluster>,
    /// Timestamp of the last block of the track in this cluster.
    last_timestamp: Option<i16>,
    /// Reading resumed after damage, and no block of the track was found yet.
    has_jumped: bool,
    /// Offset of the last element if it is none of the track's blocks, so that nothing
    /// confirms its length yet.
    unconfirmed: Option<u64>,
    lost: Option<Lost>,
    is_truncated: bool,
    frames: VecDeque<Frame>,
}

impl Mkv {
    /// The data of the first packet, or nothing if it comes late. Stays where it is.
    pub(super) fn first_packet(&mut self) -> Result<Vec<u8>> {
        let start = self.at;
        let mut packet = Packet::default();
        for _ in 0..MAX_PROBE {
            match self.next(&mut packet) {
                Ok(ReadStep::Packet) => break,
                Ok(ReadStep::Busy) => {}
                Ok(_) | Err(FileError::Damaged { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        self.state = State::default();
        self.at = start;
        Ok(packet.data)
    }

    /// Reads one element. `None` at the end.
    fn step(&mut self) -> Result<Option<()>> {
        let state = &mut self.state;
        let is_over = |cluster: &Cluster| cluster.end.is_some_and(|end| self.at >= end);
        state.cluster = state.cluster.filter(|cluster| !is_over(cluster));
        if self.at >= self.input.len() {
            return Ok(None);
        }
        let start = self.at;
        let found = match self.judge.check(&mut self.input, start)? {
            Check::Good(found) => found,
            outcome => {
                let start = self.state.unconfirmed.take().unwrap_or(start);
                self.lose(start + 1, None, outcome == Check::Cut);
                return Ok(Some(()));
            }
        };
        match (found.id, found.end) {
            (id::CLUSTER, _) => {
                let found = cluster::read(&mut self.input, start, found)?;
                self.state.cluster = Some(found);
                self.state.last_timestamp = None;
                (self.at, self.state.unconfirmed) = (found.body, None);
            }
            (id::SEGMENT, _) | (_, None) => self.at = found.body,
            (id, Some(end)) => {
                let frames = match id {
                    id::SIMPLE_BLOCK => self.block(found, end)?,
                    id::BLOCK_GROUP => self.group(found, end)?,
                    _ => None,
                };
                self.at = end;
                match frames {
                    None => self.state.unconfirmed = Some(start),
                    Some(frames) => self.accept(start, end, frames)?,
                }
            }
        }
        Ok(Some(()))
    }

    /// Takes the frames of a block if an element follows it.
    fn accept(&mut self, start: u64, end: u64, frames: Vec<Frame>) -> Result<()> {
        self.state.unconfirmed = None;
        let next = match end < self.input.len() {
            true => self.judge.check(&mut self.input, end)?,
            false => Check::Cut,
        };
        match next {
            Check::Bad => self.lose(start + 1, Some((end, frames)), false),
            Check::Cut => self.state.frames.extend(frames),
            Check::Good(next) => {
                let latest = self.latest_before(next)?;
                self.state
                    .frames
                    .extend(frames.into_iter().map(|frame| Frame {
                        time: frame.time.filter(|&time| time <= latest),
                        ..frame
                    }));
            }
        }
        Ok(())
    }

    /// The latest plausible time of a block before the element `next`: a damaged timestamp
    /// would silence all that follows up to it.
    fn latest_before(&mut self, next: Element) -> Result<i64> {
        let (cluster, body) = match next.id {
            id::CLUSTER => {
                let next = cluster::read(&mut self.input, next.body, next)?;
                let time = self.clock.time(Some(&next), 0);
                return Ok(time.map_or(i64::MAX, |time| time.saturating_add(INTERLEAVING)));
            }
            id::SIMPLE_BLOCK => (&self.state.cluster, next.body),
            id::BLOCK_GROUP => match element(&mut self.input, next.body)? {
                Some(first) if first.id == id::BLOCK => (&self.state.cluster, first.body),
                _ => return Ok(i64::MAX),
            },
            _ => return Ok(i64::MAX),
        };
        let header = BlockHeader::parse(&self.input.peek(body, BlockHeader::MAX_BYTES)?);
        let Some(header) = header else {
            return Ok(i64::MAX);
        };
        let slack = match header.track == self.number {
            true => 0,
            false => INTERLEAVING,
        };
        let time = self.clock.time(cluster.as_ref(), header.timestamp);
        Ok(time.map_or(i64::MAX, |time| time.saturating_add(slack)))
    }

    /// The frames of a block of the selected track; `None` for another track.
    fn block(&mut self, found: Element, end: u64) -> Result<Option<Vec<Frame>>> {
        if !self.is_selected(found.body)? || end - found.body > Packet::MAX_BYTES {
            return Ok(None);
        }
        let bytes = read(&mut self.input, found.body, end)?;
        Ok(Some(self.frames(&bytes)))
    }

    fn is_selected(&mut self, body: u64) -> Result<bool> {
        let header = self.input.peek(body, BlockHeader::MAX_BYTES)?;
        let header = BlockHeader::parse(&header);
        Ok(header.is_some_and(|header| header.track == self.number))
    }

    fn group(&mut self, found: Element, end: u64) -> Result<Option<Vec<Frame>>> {
        // The block comes first. If it belongs to another track, the rest is irrelevant.
        let Some(first) = element(&mut self.input, found.body)? else {
            return Ok(None);
        };
        let is_foreign = first.id == id::BLOCK && !self.is_selected(first.body)?;
        if is_foreign || end - found.body > Packet::MAX_BYTES {
            return Ok(None);
        }
        let bytes = read(&mut self.input, found.body, end)?;
        let mut frames = Vec::new();
        let mut discard = 0;
        let mut is_own = false;
        for (id, body) in children(&bytes) {
            match id {
                id::BLOCK => {
                    let header = BlockHeader::parse(body);
                    if header.is_some_and(|header| header.track == self.number) {
                        is_own = true;
                        frames.extend(self.frames(body));
                    }
                }
                id::DISCARD_PADDING => {
                    let nanoseconds = u128::from(signed(body).max(0).cast_unsigned());
                    let rate = u128::from(self.track.tick_rate);
                    let samples = (nanoseconds * rate + 500_000_000) / 1_000_000_000;
                    discard = u64::try_from(samples).unwrap_or(0);
                }
                _ => {}
            }
        }
        if let Some(last) = frames.last_mut() {
            last.discard = discard;
        }
        Ok(is_own.then_some(frames))
    }

    /// The frames of a block. One without valid lacing has none.
    fn frames(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let Some(block) = block::parse(bytes) else {
            return Vec::new();
        };
        debug_assert_eq!(block.track, self.number);
        self.leave_destroyed_cluster(block.timestamp);
        let time = self
            .clock
            .time(self.state.cluster.as_ref(), block.timestamp);
        let mut frames = Vec::new();
        for (n, range) in block.frames.into_iter().enumerate() {
            let stored = bytes.get(range).unwrap_or_default();
            let packets = self.encoding.restore(stored, time.filter(|_| n == 0));
            frames.extend(packets.into_iter().map(|(data, time)| Frame {
                data,
                time,
                discard: 0,
            }));
        }
        frames
    }

    /// Notices that a block after damage belongs to another cluster, whose header was
    /// destroyed, because its timestamp is not after that of the block before. Where the header
    /// of the earlier cluster states its length, the offset of the block tells.
    fn leave_destroyed_cluster(&mut self, timestamp: i16) {
        let state = &mut self.state;
        let is_earlier = state.last_timestamp.is_some_and(|last| timestamp <= last);
        if std::mem::take(&mut state.has_jumped) && is_earlier {
            state.cluster = None;
        }
        state.last_timestamp = Some(timestamp);
    }

    /// Begins a search for the next element.
    fn lose(&mut self, at: u64, suspect: Option<(u64, Vec<Frame>)>, is_cut: bool) {
        self.at = at;
        self.state.unconfirmed = None;
        self.state.lost = Some(Lost {
            start: at,
            window: MIN_WINDOW,
            suspect,
            is_cut,
        });
    }

    /// Continues the search for the next element.
    fn search(&mut self) -> Result<()> {
        let State {
            lost,
            is_truncated,
            has_jumped,
            ..
        } = &mut self.state;
        let Some(search) = lost else {
            return Ok(());
        };
        let suspect_end = search.suspect.as_ref().map(|suspect| suspect.0);
        let is_confirmed = suspect_end.is_some_and(|end| self.at >= end);
        if let Some((_, frames)) = search.suspect.take_if(|_| is_confirmed) {
            // Damage may have reached its timestamp.
            let untimed = frames.into_iter().map(|frame| Frame {
                time: None,
                ..frame
            });
            self.state.frames.extend(untimed);
            return Ok(());
        }
        let left = suspect_end.map_or(u64::MAX, |end| end - self.at);
        let window = search
            .window
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        // Three more bytes, so that an ID at the end of the window is seen.
        let window = window.saturating_add(3);
        let found = self.judge.search(&mut self.input, self.at, window)?;
        search.window = (search.window * 2).min(MAX_WINDOW);
        match found {
            Search::Found(at) => {
                self.at = at;
                *has_jumped = true;
                *lost = None;
            }
            Search::NotBefore(at) if at < self.input.len() => self.at = at,
            Search::NotBefore(at) => {
                self.at = at;
                let is_lost = at.saturating_sub(search.start) > MAX_TRAILER;
                *is_truncated |= search.is_cut || is_lost;
                if search.suspect.is_none() {
                    *lost = None;
                }
            }
        }
        Ok(())
    }
}

/// The bytes of an element's body.
fn read(input: &mut Input, body: u64, end: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.set_pos(body);
    input.fill_vec(&mut bytes, end - body)?;
    Ok(bytes)
}

impl Demuxer for Mkv {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        for _ in 0..STEP {
            if let Some(frame) = self.state.frames.pop_front() {
                packet.data = frame.data;
                packet.ticks = self.packet_ticks;
                packet.time = frame.time;
                packet.trim_start = 0;
                packet.is_exact = false;
                packet.trim_end = frame.discard;
                return Ok(ReadStep::Packet);
            }
            if self.state.lost.is_some() {
                self.search()?;
                return Ok(ReadStep::Busy);
            }
            match self.step()? {
                Some(()) => {}
                None if self.state.is_truncated => return Err(TRUNCATED),
                None => return Ok(ReadStep::End),
            }
        }
        Ok(ReadStep::Busy)
    }

    fn position(&mut self) -> Option<u64> {
        let state = &self.state;
        let is_settled =
            state.frames.is_empty() && state.lost.is_none() && state.unconfirmed.is_none();
        let is_settled = is_settled && self.encoding.is_settled();
        let is_within = |cluster: &&Cluster| cluster.end.is_none_or(|end| self.at < end);
        is_settled
            .then(|| cluster::pack(state.cluster.as_ref().filter(is_within), self.at))
            .flatten()
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        let (start, at) = cluster::unpack(position);
        self.state = State::default();
        self.encoding.clear();
        self.at = at;
        if start != at
            && let Some(found) = element(&mut self.input, start)?
        {
            self.state.cluster = Some(cluster::read(&mut self.input, start, found)?);
        }
        Ok(())
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.at, self.input.len())
    }
}
