//! The times of packets, by the positions of pages.

use super::mapping::Granules;

const NANOSECONDS: i128 = 1_000_000_000;

/// What the clock needs of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct PagePosition {
    /// Position at the end of the page's last packet.
    pub(super) granule: Option<i64>,
    pub(super) is_last: bool,
}

/// Where the packets of a page lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placement {
    /// Position of the first packet's first sample.
    pub(super) start: i64,
    /// Ticks at the end of the page that are not played.
    pub(super) trim_end: u64,
}

/// Computes positions within one link of a chain, and times within the file.
///
/// A page states the position of its end, so the packets after a lost page are at their
/// time. Only the last page may end before its packets do, and a first page may begin
/// before zero. Positions that step back do not move anything: streams whose positions are
/// invalid, or start over, are played without gaps.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    rate: u32,
    granules: Granules,
    /// Position after the last packet, without trimmed ticks.
    next: Option<i64>,
    /// What to add to positions of pages, because they stepped back.
    shift: i64,
    /// The position of the first played sample, and its time in nanoseconds.
    origin: Option<(i64, i64)>,
}

impl Clock {
    pub(super) fn new(rate: u32, granules: Granules) -> Self {
        Self {
            rate,
            granules,
            next: None,
            shift: 0,
            origin: None,
        }
    }

    /// Places the packets of the link's first page, of `ticks` in total.
    pub(super) fn place_first(&mut self, page: PagePosition, ticks: u64) -> Placement {
        let ticks = signed(ticks);
        let start = page
            .granule
            .map_or(0, |granule| granule.saturating_sub(ticks));
        // A stream of one page begins at zero, and its position trims the end.
        let is_short = page.is_last && start < 0 && self.granules.trims_end;
        let trim_end = if is_short { start.unsigned_abs() } else { 0 };
        let start = if is_short { 0 } else { start };
        self.next = Some(start.saturating_add(ticks) - signed(trim_end));
        Placement { start, trim_end }
    }

    /// Places the packets of a later page.
    pub(super) fn place(&mut self, page: PagePosition, ticks: u64) -> Placement {
        let ticks = signed(ticks);
        let end = page
            .granule
            .map(|granule| granule.saturating_add(self.shift));
        let by_end = end.map(|end| end.saturating_sub(ticks));
        let start = by_end.or(self.next).unwrap_or(0);
        let next = self.next.unwrap_or(start);
        let mut trim_end = 0;
        // Whether the position lies before the end of the last page, or of this one.
        let is_back = end.is_some_and(|end| end < next);
        if start < next {
            let excess = next.saturating_sub(start);
            if page.is_last && self.granules.trims_end && !is_back {
                trim_end = excess.unsigned_abs();
            } else if !page.is_last {
                self.shift = self.shift.saturating_add(excess);
            }
        }
        let start = start.max(next);
        self.next = Some(start.saturating_add(ticks).saturating_sub(signed(trim_end)));
        Placement { start, trim_end }
    }

    /// Sets the time of the first played sample, which follows the trimmed ones of a
    /// packet at `start`.
    pub(super) fn begin(&mut self, start: i64, nanoseconds: i64) {
        self.origin = Some((self.first_played(start), nanoseconds));
    }

    /// Whether the time of the first played sample is set.
    pub(super) fn has_begun(&self) -> bool {
        self.origin.is_some()
    }

    /// The position of the first played sample of a link whose first packet is at `start`.
    fn first_played(&self, start: i64) -> i64 {
        let start = start.saturating_add(signed(self.granules.pre_skip));
        if self.granules.trims_start {
            start.max(0)
        } else {
            start
        }
    }

    /// Ticks of a packet before the first played sample, at the start of a link.
    pub(super) fn trim_start(&self, start: i64, ticks: u64) -> u64 {
        match self.granules.trims_start && start < 0 {
            true => start.unsigned_abs().min(ticks),
            false => 0,
        }
    }

    /// The time of a position, in nanoseconds.
    pub(super) fn time(&self, position: i64) -> i64 {
        let (origin, at) = self.origin.unwrap_or_default();
        let ticks = i128::from(position) - i128::from(origin);
        let time = i128::from(at) + ticks * NANOSECONDS / i128::from(self.rate.max(1));
        i64::try_from(time).unwrap_or(i64::MAX)
    }

    /// The time, in nanoseconds since position zero, of the first played sample of a link
    /// whose first packet is at `start`. Positions count the pre-skip, times do not.
    pub(super) fn first_time(&self, start: i64) -> i64 {
        let played = self.first_played(start);
        let played = i128::from(played) - i128::from(self.granules.pre_skip);
        let time = played * NANOSECONDS / i128::from(self.rate.max(1));
        i64::try_from(time).unwrap_or(i64::MAX)
    }

    /// The time after the last packet.
    pub(super) fn end(&self) -> i64 {
        match (self.next, self.origin) {
            (Some(next), Some(_)) => self.time(next),
            _ => 0,
        }
    }

    /// Whether a new clock would place the next pages in the same way.
    pub(super) fn is_regular(&self) -> bool {
        self.shift == 0
    }

    /// Continues at a page after the first, or before the first page.
    pub(super) fn restart(&mut self) {
        (self.next, self.shift) = (None, 0);
    }
}

fn signed(ticks: u64) -> i64 {
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VORBIS: Granules = Granules {
        trims_start: true,
        trims_end: true,
        pre_skip: 0,
    };

    fn page(granule: i64) -> PagePosition {
        PagePosition {
            granule: Some(granule),
            is_last: false,
        }
    }

    fn last(granule: i64) -> PagePosition {
        PagePosition {
            is_last: true,
            ..page(granule)
        }
    }

    fn at(start: i64, trim_end: u64) -> Placement {
        Placement { start, trim_end }
    }

    #[test]
    fn the_last_page_trims_its_end() {
        let mut clock = Clock::new(48_000, VORBIS);
        assert_eq!(clock.place_first(page(1000), 1000), at(0, 0));
        assert_eq!(clock.place(page(2000), 1000), at(1000, 0));
        assert_eq!(clock.place(last(2300), 1000), at(2000, 700));
        clock.begin(0, 0);
        assert_eq!(clock.end(), 2300 * 1_000_000_000 / 48_000);
    }

    #[test]
    fn a_stream_of_one_page_is_trimmed_at_its_end() {
        let mut clock = Clock::new(48_000, VORBIS);
        assert_eq!(clock.place_first(last(600), 1000), at(0, 400));
    }

    #[test]
    fn a_first_page_may_begin_before_zero() {
        let mut clock = Clock::new(48_000, VORBIS);
        assert_eq!(clock.place_first(page(600), 1000), at(-400, 0));
        assert_eq!(clock.trim_start(-400, 256), 256);
        assert_eq!(clock.trim_start(-144, 256), 144);
        assert_eq!(clock.trim_start(112, 256), 0);
        clock.begin(-400, 0);
        assert_eq!(clock.time(0), 0);
    }

    #[test]
    fn packets_after_a_lost_page_are_at_their_time() {
        let mut clock = Clock::new(1000, Granules::default());
        assert_eq!(clock.place_first(page(1000), 1000), at(0, 0));
        clock.begin(0, 0);
        assert_eq!(clock.place(page(5000), 1000), at(4000, 0));
        assert_eq!(clock.time(4000), 4_000_000_000);
    }

    #[test]
    fn positions_that_step_back_or_are_missing_do_not_move_packets() {
        let mut clock = Clock::new(1000, VORBIS);
        assert_eq!(clock.place_first(page(1000), 1000), at(0, 0));
        assert_eq!(clock.place(page(300), 1000), at(1000, 0));
        assert!(!clock.is_regular());
        assert_eq!(clock.place(page(1300), 1000), at(2000, 0));
        let unknown = PagePosition {
            granule: None,
            is_last: false,
        };
        assert_eq!(clock.place(unknown, 500), at(3000, 0));
        // A last page whose position lies before its first packet trims nothing.
        assert_eq!(clock.place(last(0), 1000), at(3500, 0));
    }

    #[test]
    fn a_recording_from_the_middle_begins_at_zero() {
        let opus = Granules {
            trims_end: true,
            pre_skip: 312,
            ..Granules::default()
        };
        let mut clock = Clock::new(48_000, opus);
        let placement = clock.place_first(page(207_360), 3840);
        clock.begin(placement.start, 0);
        assert_eq!(clock.time(placement.start), -312 * 1_000_000_000 / 48_000);
        assert_eq!(clock.time(placement.start + 312), 0);
    }
}
