//! Ogg (RFC 3533): one audio stream, beside others, in links that follow one another.
//!
//! | file | contents |
//! |---|---|
//! | `page.rs`, `crc.rs` | pages, resynchronization after damage |
//! | `packets.rs` | packets from the pages of a stream |
//! | `links.rs` | the streams of a link, and the choice of one |
//! | `mapping/` | how each codec is stored: headers, lengths of packets |
//! | `clock.rs` | times of packets, from the positions of pages |
//! | `length.rs` | the length of the stream, from its last page |

mod clock;
mod crc;
mod length;
mod links;
mod mapping;
mod packets;
mod page;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use tonearm_media_core::{
    Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackChoice, fraction_of,
};

use self::clock::{Clock, PagePosition};
use self::links::{FirstPages, Selected};
use self::packets::Packets;
use self::page::{Page, PageReader, PageStep};

/// Whether a page begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS")
}

/// A packet that was read: its index on the page, and where it lies.
struct Queued {
    index: usize,
    ticks: u64,
    time: i64,
    trim_start: u64,
    trim_end: u64,
    /// State of the mapping before this packet.
    state: Option<bool>,
}

/// The stream that is read.
struct Link {
    selected: Selected,
    packets: Packets,
    /// `None` until the headers end.
    clock: Option<Clock>,
    /// Offset of the first page after those that begin streams.
    start: u64,
    /// Offset of the first page with audio.
    first_page: u64,
    /// Whether no packet was placed yet.
    is_first: bool,
    /// Whether the headers are invalid.
    is_broken: bool,
}

impl Link {
    /// Takes the headers among the packets of a page. Returns the index of the first packet
    /// after them, if there is one.
    fn take_headers(&mut self) -> Option<usize> {
        let (packets, mapping) = (&self.packets, &mut self.selected.mapping);
        let mut all = 0..packets.count();
        let first = all.find(|&index| !mapping.take_header(packets.get(index)));
        first.filter(|_| !self.is_broken)
    }
}

struct OggDemuxer {
    pages: PageReader,
    page: Page,
    choice: TrackChoice,
    /// First pages of the next link.
    starting: Option<FirstPages>,
    link: Option<Link>,
    /// The link whose headers are being read, which then replaces the current one.
    next_link: Option<Link>,
    /// Time at which the current link begins.
    link_time: i64,
    /// Number of links with audio so far.
    links: u64,
    track: Track,
    queue: VecDeque<Queued>,
}

/// Opens the file that begins at `start`.
pub(crate) fn open(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let tail = input.clone();
    let mut demuxer = OggDemuxer {
        pages: PageReader::new(input, start),
        page: Page::default(),
        choice: choice.clone(),
        starting: Some(FirstPages::default()),
        link: None,
        next_link: None,
        link_time: 0,
        links: 0,
        track: Track::default(),
        queue: VecDeque::new(),
    };
    while demuxer.links == 0 {
        match demuxer.step()? {
            PageStep::Page | PageStep::Skipped => {}
            PageStep::End | PageStep::Truncated => {
                return Err(FileError::Damaged {
                    detail: "an Ogg file without sound",
                });
            }
        }
    }
    demuxer.track.seconds = demuxer.length(tail)?;
    Ok(Box::new(demuxer))
}

impl OggDemuxer {
    /// Reads a page.
    fn step(&mut self) -> Result<PageStep> {
        let links = [&self.link, &self.next_link];
        let serials = links.map(|link| link.as_ref().map(|link| link.selected.serial));
        let is_collecting = self.starting.is_some();
        let step = self.pages.next(&mut self.page, |page| {
            page.is_first || is_collecting || serials.contains(&Some(page.serial))
        })?;
        if step != PageStep::Page {
            return Ok(step);
        }
        if self.page.is_first {
            self.starting.get_or_insert_default().add(&self.page);
            return Ok(step);
        }
        if let Some(starting) = self.starting.take() {
            self.begin_link(starting)?;
        }
        self.read_page()?;
        Ok(step)
    }

    /// Selects the stream of a link. A later link without a stream that can be read does
    /// not replace the current one.
    fn begin_link(&mut self, starting: FirstPages) -> Result<()> {
        let selected = match starting.select(&self.choice) {
            Ok(selected) => selected,
            Err(error) if self.links == 0 => return Err(error),
            Err(_) => return Ok(()),
        };
        if self.links > 0 && !self.choice.decodable.contains(selected.mapping.codec()) {
            return Ok(());
        }
        self.next_link = Some(Link {
            selected,
            packets: Packets::default(),
            clock: None,
            start: self.page.pos,
            first_page: 0,
            is_first: true,
            is_broken: false,
        });
        Ok(())
    }

    /// Takes the packets of a page: the headers of the next link, or audio of the current
    /// one.
    fn read_page(&mut self) -> Result<()> {
        let serial = self.page.serial;
        let is_of = |link: &&mut Link| link.selected.serial == serial;
        if let Some(link) = self.next_link.as_mut().filter(is_of) {
            link.packets.push(&self.page);
            return match link.take_headers() {
                Some(first) => self.replace_link(first),
                None => Ok(()),
            };
        }
        match self.link.as_mut().filter(is_of) {
            Some(link) => {
                link.packets.push(&self.page);
                self.place_packets(0)
            }
            None => Ok(()),
        }
    }

    /// Replaces the current link by the next one, whose first packet of audio is the one of
    /// this index on the current page.
    fn replace_link(&mut self, first: usize) -> Result<()> {
        let Some(link) = &mut self.next_link else {
            return Ok(());
        };
        let track = match link.selected.mapping.track() {
            Ok(track) => track,
            Err(error) if self.links == 0 => return Err(error),
            Err(_) => {
                link.is_broken = true;
                return Ok(());
            }
        };
        link.clock = Some(Clock::new(
            track.tick_rate,
            link.selected.mapping.granules(),
        ));
        link.first_page = self.page.pos;
        let last = std::mem::replace(&mut self.link, self.next_link.take());
        if let Some(clock) = last.and_then(|link| link.clock) {
            self.link_time = clock.end();
        }
        self.track = track;
        self.links += 1;
        self.place_packets(first)
    }

    /// Queues the packets of the page from this one on.
    fn place_packets(&mut self, first: usize) -> Result<()> {
        let Some(Link {
            selected,
            packets,
            clock: Some(clock),
            start,
            is_first,
            ..
        }) = &mut self.link
        else {
            return Ok(());
        };
        let mut total = 0u64;
        for index in first..packets.count() {
            let state = selected.mapping.state();
            let Some(ticks) = selected.mapping.ticks(packets.get(index)) else {
                continue;
            };
            total = total.saturating_add(ticks);
            self.queue.push_back(Queued {
                index,
                ticks,
                time: 0,
                trim_start: 0,
                trim_end: 0,
                state,
            });
        }
        if self.queue.is_empty() {
            return Ok(());
        }
        let page = PagePosition {
            granule: self.page.granule,
            is_last: self.page.is_last,
        };
        let is_start = std::mem::take(is_first);
        let placement = match is_start {
            true => clock.place_first(page, total),
            false => clock.place(page, total),
        };
        if is_start && !clock.has_begun() {
            let begin = clock.first_time(placement.start);
            // A stream whose first pages are damaged begins at zero nevertheless.
            let is_late = self.page.is_after_damage && self.links == 1;
            let lead_in = match &selected.video {
                Some(video) if self.links == 1 => {
                    let mut first = self.pages.clone();
                    first.seek(*start);
                    links::video_start(first, video)?.map(|video| begin.saturating_sub(video))
                }
                _ if is_late => Some(begin),
                _ => None,
            };
            let time = self.link_time.saturating_add(lead_in.unwrap_or(0).max(0));
            clock.begin(placement.start, time);
        }
        let mut position = placement.start;
        for packet in &mut self.queue {
            packet.time = clock.time(position);
            if is_start {
                packet.trim_start = clock.trim_start(position, packet.ticks);
            }
            position = position.saturating_add_unsigned(packet.ticks);
        }
        let mut trim_end = placement.trim_end;
        for packet in self.queue.iter_mut().rev() {
            packet.trim_end = trim_end.min(packet.ticks);
            trim_end -= packet.trim_end;
        }
        Ok(())
    }

    /// The length of the stream in seconds, if its last page is at the end of the file.
    fn length(&self, mut input: Input) -> Result<Option<f64>> {
        let Some(Link {
            selected,
            clock: Some(clock),
            ..
        }) = &self.link
        else {
            return Ok(None);
        };
        let last = length::last_granule(&mut input, selected.serial)?;
        let end = last.map(|granule| clock.time(granule) as f64 / 1e9);
        Ok(end.filter(|&seconds| seconds > 0.0))
    }
}

impl Demuxer for OggDemuxer {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        if let Some(link) = &self.link
            && let Some(queued) = self.queue.pop_front()
        {
            packet.data.clear();
            packet
                .data
                .extend_from_slice(link.packets.get(queued.index));
            packet.ticks = queued.ticks;
            packet.time = Some(queued.time);
            packet.trim_start = queued.trim_start;
            packet.trim_end = queued.trim_end;
            packet.is_exact = false;
            return Ok(ReadStep::Packet);
        }
        let links = self.links;
        match self.step()? {
            _ if self.links != links => Ok(ReadStep::NewTrack),
            PageStep::Page | PageStep::Skipped => Ok(ReadStep::Busy),
            PageStep::End => Ok(ReadStep::End),
            PageStep::Truncated => Err(FileError::Damaged {
                detail: "a file that was cut off",
            }),
        }
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.pages.pos(), self.pages.len())
    }

    fn position(&mut self) -> Option<u64> {
        let link = self.link.as_ref().filter(|_| self.links == 1)?;
        let queued = self.queue.front()?;
        let is_start = self.page.pos == link.first_page;
        let is_first_of_page = queued.index == usize::from(link.packets.is_first_continued);
        let is_placed_alike =
            link.clock.as_ref()?.is_regular() && self.page.granule.is_some() && !self.page.is_last;
        let can_resume = match is_start {
            true => queued.index == 0 || queued.state.is_none(),
            false => is_first_of_page && is_placed_alike,
        };
        // The offset of the page, and the state of the mapping.
        can_resume.then(|| self.page.pos << 1 | u64::from(queued.state == Some(true)))
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        let Some(Link {
            selected,
            packets,
            clock: Some(clock),
            first_page,
            is_first,
            ..
        }) = &mut self.link
        else {
            return Ok(());
        };
        self.pages.seek(position >> 1);
        self.queue.clear();
        (self.starting, self.next_link) = (None, None);
        *packets = Packets::default();
        clock.restart();
        *is_first = position >> 1 == *first_page;
        let state = (!*is_first).then_some(position & 1 != 0);
        selected.mapping.set_state(state);
        Ok(())
    }
}
