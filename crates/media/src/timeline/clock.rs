//! Places packets on the time axis of the output by their timestamps.
//!
//! The output is a sequence of samples, so its time is exact. Timestamps are not: containers
//! round them, and recorders note the time at which a packet arrived. A packet counts as
//! displaced only if its timestamp differs from the output by most of a packet, and if the
//! packets after it agree. Smaller differences are jitter, and are left alone unless they
//! accumulate.

use std::collections::VecDeque;

/// Nanoseconds per millisecond.
const MS: i64 = 1_000_000;
/// A shorter lead-in is dropped. Sound and picture seldom begin at exactly the same time: a
/// frame of video lasts up to 80 ms, less than what a viewer notices (ITU-R BT.1359: 90 ms).
const MIN_LEAD_IN: i64 = 80 * MS;
/// Smallest step of the timestamps that counts as a gap or an overlap. The timestamps of
/// browsers' recorders jitter by several milliseconds.
const MIN_STEP: i64 = 12 * MS;
/// A step that counts as a gap however long the packet is; FFmpeg's resampler tolerates less.
/// Packets of WMA last up to 0.4 s, and their timestamps jitter by 70 ms, because a packet begins
/// in the middle of a frame.
const MAX_STEP: i64 = 100 * MS;
/// Largest difference that may accumulate from smaller ones; FFmpeg's resampler tolerates
/// the same.
const MAX_DRIFT: i64 = 100 * MS;
/// Longest gap that becomes silence. After a longer one the clock counts as set anew.
const MAX_GAP: i64 = 3600 * 1000 * MS;
/// Longest overlap that is cut. After a longer one the clock counts as started over, as
/// where recordings are joined.
const MAX_OVERLAP: i64 = 500 * MS;
/// Packets that must agree about a step, including the first.
const CONFIRMATIONS: usize = 3;
/// Most packets that wait for a decision.
const MAX_PENDING: usize = 16;

/// The state of a clock between two packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClockState {
    /// Timestamp minus output time in nanoseconds, once known.
    pub(crate) offset: Option<i64>,
    /// The usual difference of the last packets in nanoseconds.
    pub(crate) baseline: i64,
}

/// A placed packet: samples per channel of silence before it, and the range of its samples
/// to play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) silence: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// A packet without a place yet.
#[derive(Clone, Copy, Debug)]
struct Pending {
    /// Timestamp of the first sample to play.
    time: Option<i64>,
    rate: u32,
    from: u64,
    to: u64,
}

/// Places packets.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    state: ClockState,
    /// Timestamp of a packet before the first one that yielded samples: a decoder may hold
    /// samples back.
    first_time: Option<i64>,
    /// Output time in nanoseconds at which the sample rate was set.
    base: i64,
    /// Samples per channel since then.
    played: u64,
    rate: u32,
    pending: VecDeque<Pending>,
    /// Nanoseconds of an overlap that is longer than the packet that began it.
    uncut: i64,
}

impl Clock {
    /// Notes the timestamp of a packet that yielded no samples.
    pub(super) fn note(&mut self, time: Option<i64>) {
        if self.is_at_start() {
            self.first_time = self.first_time.or(time);
        }
    }

    /// Continues with timestamps that are unrelated to the earlier ones.
    pub(super) fn disconnect(&mut self) {
        self.state = ClockState::default();
        self.first_time = None;
    }

    /// Whether every packet has been placed.
    pub(super) fn is_settled(&self) -> bool {
        self.pending.is_empty() && self.uncut == 0
    }

    pub(super) fn state(&self) -> ClockState {
        self.state
    }

    /// Continues at `played` samples of output at `rate`.
    pub(super) fn seek(&mut self, state: ClockState, played: u64, rate: u32) {
        *self = Self {
            state,
            played,
            rate,
            ..Self::default()
        };
    }

    /// Adds a packet: timestamp of its first decoded sample, sample rate, and samples to
    /// play.
    pub(super) fn push(&mut self, time: Option<i64>, rate: u32, (from, to): (u64, u64)) {
        let time = time.map(|time| time.saturating_add(nanoseconds(from, rate)));
        self.pending.push_back(Pending {
            time,
            rate,
            from,
            to,
        });
    }

    /// The place of the oldest packet without one; `None` if the packets after it decide.
    /// `is_last` states that there are none.
    pub(super) fn pop(&mut self, is_last: bool) -> Option<Placed> {
        let first = *self.pending.front()?;
        if first.from >= first.to {
            self.pending.pop_front();
            return Some(Placed {
                silence: 0,
                from: first.from,
                to: first.from,
            });
        }
        self.set_rate(first.rate);
        if self.uncut > 0 {
            return Some(self.play(-self.uncut));
        }
        let Some(time) = first.time else {
            return Some(self.play(0));
        };
        let Some(offset) = self.state.offset else {
            return Some(self.start(time));
        };
        let drift = time.saturating_sub(offset).saturating_sub(self.now());
        if !self.is_step(drift, first) {
            self.state.baseline += (drift - self.state.baseline) / 16;
            return Some(self.play(0));
        }
        let heard = self.pending.iter().filter(|held| held.from < held.to);
        let is_decidable = heard.count() >= CONFIRMATIONS || self.pending.len() >= MAX_PENDING;
        if !is_decidable && !is_last {
            return None;
        }
        Some(match self.confirmed(offset, drift) {
            None => self.play(0),
            Some(drift) if !(-MAX_OVERLAP..=MAX_GAP).contains(&drift) => {
                self.state.offset = Some(offset.saturating_add(drift));
                self.state.baseline = 0;
                self.play(0)
            }
            Some(drift) => {
                self.state.baseline = 0;
                self.play(drift)
            }
        })
    }

    /// Begins the time axis: a lead-in is silence if the output begins here.
    fn start(&mut self, time: i64) -> Placed {
        let now = self.now();
        let lead_in = match self.is_at_start() {
            true => self.first_time.unwrap_or(time),
            false => 0,
        };
        let lead_in = match (MIN_LEAD_IN..=MAX_GAP).contains(&lead_in) {
            true => lead_in,
            false => 0,
        };
        let begin = now.saturating_add(lead_in);
        self.state.offset = Some(time.saturating_sub(begin));
        self.play(lead_in)
    }

    /// Places the first pending packet after a gap of `gap` nanoseconds, or cuts its start
    /// if that is negative.
    fn play(&mut self, gap: i64) -> Placed {
        let Some(Pending { from, to, rate, .. }) = self.pending.pop_front() else {
            return Placed::default();
        };
        let samples = samples(gap.unsigned_abs(), rate);
        let (silence, cut) = match gap < 0 {
            true => (0, samples.min(to - from)),
            false => (samples, 0),
        };
        self.uncut = match cut < samples && gap < 0 {
            true => nanoseconds(samples - cut, rate),
            false => 0,
        };
        let from = from + cut;
        self.played += silence + (to - from);
        Placed { silence, from, to }
    }

    /// Whether `drift` of a packet is more than jitter.
    fn is_step(&self, drift: i64, packet: Pending) -> bool {
        let length = nanoseconds(packet.to - packet.from, packet.rate);
        let step = (length / 4 * 3).clamp(MIN_STEP, MAX_STEP);
        let change = drift.saturating_sub(self.state.baseline);
        change.saturating_abs() >= step || drift.saturating_abs() >= MAX_DRIFT
    }

    /// The drift on which all pending packets agree: the smallest of them.
    fn confirmed(&self, offset: i64, drift: i64) -> Option<i64> {
        let mut agreed = drift;
        let mut now = self.now();
        for &packet in &self.pending {
            if packet.from >= packet.to {
                continue;
            }
            if let Some(time) = packet.time {
                let other = time.saturating_sub(offset).saturating_sub(now);
                if other.signum() != drift.signum() || !self.is_step(other, packet) {
                    return None;
                }
                if other.unsigned_abs() < agreed.unsigned_abs() {
                    agreed = other;
                }
            }
            now = now.saturating_add(nanoseconds(packet.to - packet.from, packet.rate));
        }
        Some(agreed)
    }

    fn is_at_start(&self) -> bool {
        self.played == 0 && self.base == 0
    }

    /// Output time in nanoseconds.
    fn now(&self) -> i64 {
        self.base
            .saturating_add(nanoseconds(self.played, self.rate))
    }

    fn set_rate(&mut self, rate: u32) {
        if rate != self.rate {
            (self.base, self.played, self.rate) = (self.now(), 0, rate);
        }
    }
}

/// Samples per channel in nanoseconds.
fn nanoseconds(samples: u64, rate: u32) -> i64 {
    let nanoseconds = u128::from(samples) * 1_000_000_000 / u128::from(rate.max(1));
    i64::try_from(nanoseconds).unwrap_or(i64::MAX)
}

/// Nanoseconds as samples per channel, rounded.
fn samples(nanoseconds: u64, rate: u32) -> u64 {
    let samples = (u128::from(nanoseconds) * u128::from(rate) + 500_000_000) / 1_000_000_000;
    u64::try_from(samples).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    const LENGTH: u64 = 960;
    /// Milliseconds of a packet.
    const PACKET: i64 = 20;

    /// Places packets of 20 ms with these timestamps in milliseconds. Returns the
    /// milliseconds of silence (cuts are negative) before each, and the total length.
    fn place(times: impl IntoIterator<Item = i64>) -> (Vec<i64>, i64) {
        let mut clock = Clock::default();
        let mut placed = Vec::new();
        for time in times {
            clock.push(Some(time * MS), RATE, (0, LENGTH));
            placed.extend(std::iter::from_fn(|| clock.pop(false)));
        }
        placed.extend(std::iter::from_fn(|| clock.pop(true)));
        let steps = placed
            .iter()
            .map(|placed| (placed.silence as i64 - placed.from as i64) / 48)
            .collect();
        let total: u64 = placed.iter().map(|p| p.silence + p.to - p.from).sum();
        (steps, total as i64 / 48)
    }

    fn steady(from: i64, count: i64) -> impl Iterator<Item = i64> {
        (0..count).map(move |n| from + n * PACKET)
    }

    #[test]
    fn a_lead_in_of_more_than_a_frame_of_video_is_silence() {
        assert_eq!(place(steady(850, 5)), (vec![850, 0, 0, 0, 0], 950));
        assert_eq!(place(steady(67, 5)), (vec![0; 5], 100));
        assert_eq!(place(steady(-21, 5)), (vec![0; 5], 100));
        // Ten hours are no lead-in.
        assert_eq!(place(steady(36_000_000, 5)), (vec![0; 5], 100));
    }

    #[test]
    fn a_gap_is_silence_of_its_length_at_its_place() {
        let times = steady(0, 3).chain(steady(5000, 3));
        assert_eq!(place(times), (vec![0, 0, 0, 4940, 0, 0], 5060));
        // The last packets need no confirmation.
        let times = steady(0, 3).chain(steady(600_000, 1));
        assert_eq!(place(times), (vec![0, 0, 0, 599_940], 600_020));
    }

    #[test]
    fn thousands_of_missing_packets_do_not_add_up() {
        let times = (0..30_000).filter(|n| n % 10 != 9).map(|n| n * PACKET);
        assert_eq!(place(times).1, 600_000 - PACKET);
        // The same with timestamps that jitter.
        let jitter = |n: i64| (n * 7919) % 11 - 5;
        let times = (0..30_000).filter(|n| n % 10 != 9);
        let (_, total) = place(times.map(|n| n * PACKET + jitter(n)));
        assert!((total - 600_000).abs() < 60, "{total}");
    }

    #[test]
    fn jitter_inserts_and_cuts_nothing() {
        for amplitude in [1, 5, 10] {
            let jitter = |n: i64| (n * 7919) % (2 * amplitude + 1) - amplitude;
            let times = (0..5000).map(|n| n * PACKET + jitter(n));
            let (steps, total) = place(times);
            assert!(steps.iter().all(|&step| step == 0), "{amplitude}");
            assert_eq!(total, 5000 * PACKET);
        }
    }

    #[test]
    fn one_wrong_timestamp_changes_nothing() {
        for wrong in [-3_600_000, -100, 35, 500, 7_000_000] {
            let times = (0..20).map(|n| n * PACKET + if n == 9 { wrong } else { 0 });
            assert_eq!(place(times), (vec![0; 20], 400), "{wrong}");
        }
    }

    #[test]
    fn an_overlap_is_cut() {
        let times = steady(0, 5).chain(steady(70, 5));
        let (steps, total) = place(times);
        assert_eq!((steps[5], total), (-20, 170));
        assert!(
            steps
                .iter()
                .enumerate()
                .all(|(n, &step)| n == 5 || n == 6 || step == 0)
        );
    }

    #[test]
    fn a_clock_that_starts_over_or_jumps_by_hours_is_neither() {
        let times = steady(0, 100).chain(steady(0, 100));
        assert_eq!(place(times), (vec![0; 200], 4000));
        let times = steady(0, 100).chain(steady(95_443_000, 100));
        assert_eq!(place(times), (vec![0; 200], 4000));
    }

    #[test]
    fn a_clock_that_runs_at_another_speed_stays_within_a_tenth_of_a_second() {
        for speed in [999, 1001] {
            let times = (0..50_000).map(|n| n * PACKET * speed / 1000);
            let (_, total) = place(times);
            assert!((total - 1000 * speed).abs() <= 101, "{speed}: {total}");
        }
    }

    #[test]
    fn packets_without_timestamps_follow() {
        let mut clock = Clock::default();
        let mut placed = Vec::new();
        for time in [Some(0), None, None, Some(560 * MS), None, None] {
            clock.push(time, RATE, (0, LENGTH));
            placed.extend(std::iter::from_fn(|| clock.pop(false)));
        }
        placed.extend(std::iter::from_fn(|| clock.pop(true)));
        let silences: Vec<_> = placed.iter().map(|placed| placed.silence / 48).collect();
        assert_eq!(silences, [0, 0, 0, 500, 0, 0]);
    }

    #[test]
    fn a_change_of_the_sample_rate_keeps_the_time() {
        let mut clock = Clock::default();
        let mut total = 0.0;
        for n in 0..200 {
            let rate = if n < 100 { 48_000 } else { 44_100 };
            let time = n * PACKET + if n < 150 { 0 } else { 1000 };
            clock.push(Some(time * MS), rate, (0, u64::from(rate) / 50));
            while let Some(placed) = clock.pop(n == 199) {
                let samples = placed.silence + placed.to - placed.from;
                total += samples as f64 / f64::from(rate);
            }
        }
        assert!((total - 5.0).abs() < 1e-4, "{total}");
    }

    #[test]
    fn the_timestamps_of_a_decoder_that_holds_samples_back_are_no_lead_in() {
        let mut clock = Clock::default();
        clock.note(Some(0));
        clock.push(Some(400 * MS), RATE, (0, LENGTH));
        let placed = clock.pop(false).unwrap();
        assert_eq!(placed.silence, 0);
    }

    proptest::proptest! {
        /// Whatever the timestamps, silence stays within the longest gap for each packet.
        #[test]
        fn no_timestamps_panic(times in proptest::collection::vec(proptest::prelude::any::<Option<i64>>(), 0..50)) {
            let mut clock = Clock::default();
            for time in times {
                clock.push(time, RATE, (3, LENGTH));
                while let Some(placed) = clock.pop(false) {
                    proptest::prop_assert!(placed.silence <= 3600 * 48_000);
                    proptest::prop_assert!(placed.from <= placed.to && placed.to <= LENGTH);
                }
            }
        }
    }
}
