//! Converts presentation timestamps to the time of the file.
//!
//! Timestamps have 33 bits at 90 kHz (ISO/IEC 13818-1, 2.4.3.7), so they wrap after 26.5
//! hours. The clock may also start over: where files were concatenated, at the cells of a
//! DVD, and where a transport stream signals a new time base. The time of the file continues
//! there.

/// Ticks after which timestamps wrap.
const WRAP: i64 = 1 << 33;
/// Nanoseconds by which a timestamp may be too early and still belong to the same clock.
const MAX_OVERLAP: i64 = 100_000_000;
/// Nanoseconds of the longest gap. A larger step is another clock: recordings lose the
/// signal for seconds, but clocks start anywhere within 26.5 hours.
const MAX_GAP: i64 = 60_000_000_000;
/// Nanoseconds by which a timestamp may differ where the clock has not started over.
const MAX_ERROR: i64 = 1_000_000;
/// Ticks by which audio may precede the beginning.
const MAX_BEFORE: i64 = 10 * 60 * 90_000;

/// The clock of a program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    /// The timestamp at which the file begins.
    base: Option<u64>,
    /// Nanoseconds to add since the clock started over.
    shift: i64,
    has_restarted: bool,
    /// Nanoseconds of a gap that counts as an error of the timestamps, unless several add up.
    tolerance: i64,
}

impl Clock {
    /// The clock of a file whose earliest audio or video has this timestamp.
    pub(crate) fn new(base: Option<u64>) -> Self {
        Self {
            base,
            ..Self::default()
        }
    }

    /// The same clock where a gap of up to this many nanoseconds is an error.
    #[must_use]
    pub(crate) fn with_tolerance(self, tolerance: i64) -> Self {
        Self { tolerance, ..self }
    }

    /// Nanoseconds from the beginning to a timestamp. `follows` is the time at which the
    /// audio before it ends; `is_restart` means that the stream signals a new time base.
    pub(crate) fn time(&mut self, stamp: u64, follows: Option<i64>, is_restart: bool) -> i64 {
        let base = *self.base.get_or_insert(stamp);
        let time = nanoseconds(since(stamp, base)).saturating_add(self.shift);
        let Some(follows) = follows else {
            return time;
        };
        let step = time.saturating_sub(follows);
        if (MAX_ERROR..=self.tolerance).contains(&step) {
            return follows;
        }
        let continues = (-MAX_ERROR..=MAX_ERROR).contains(&step);
        if continues || !is_restart && (-MAX_OVERLAP..=MAX_GAP).contains(&step) {
            return time;
        }
        self.shift = self.shift.saturating_sub(step);
        self.has_restarted = true;
        follows
    }

    /// Returns to the time base of the beginning.
    pub(crate) fn restart(&mut self) {
        (self.shift, self.has_restarted) = (0, false);
    }

    /// Whether times depend on the timestamps alone, so that reading can start anywhere.
    pub(crate) fn is_absolute(&self) -> bool {
        self.base.is_some() && !self.has_restarted
    }
}

/// The earlier of two timestamps that are less than 13 hours apart.
pub(crate) fn earlier(a: u64, b: u64) -> u64 {
    let distance = (b.wrapping_sub(a) as i64).rem_euclid(WRAP);
    if distance < WRAP / 2 { a } else { b }
}

/// Ticks from `base` to `stamp`; negative where it is shortly before.
fn since(stamp: u64, base: u64) -> i64 {
    let ticks = (stamp.wrapping_sub(base) as i64).rem_euclid(WRAP);
    match ticks >= WRAP - MAX_BEFORE {
        true => ticks - WRAP,
        false => ticks,
    }
}

/// 90 kHz to nanoseconds.
fn nanoseconds(ticks: i64) -> i64 {
    ticks.saturating_mul(100_000).div_euclid(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 90_000;
    const NANOS: i64 = 1_000_000_000;

    #[test]
    fn a_wrap_is_not_a_gap() {
        let start = (1 << 33) - SECOND;
        let mut clock = Clock::new(Some(start));
        assert_eq!(clock.time(start, None, false), 0);
        assert_eq!(clock.time(0, Some(NANOS), false), NANOS);
        let later = clock.time(5 * SECOND, Some(2 * NANOS), false);
        assert_eq!(later, 6 * NANOS);
        assert!(clock.is_absolute());
        assert_eq!(earlier(start, 7), start);
        assert_eq!(earlier(7, start), start);
    }

    #[test]
    fn time_continues_where_the_clock_starts_over() {
        let mut clock = Clock::new(Some(SECOND));
        assert_eq!(clock.time(SECOND, None, false), 0);
        // A gap.
        assert_eq!(clock.time(4 * SECOND, Some(NANOS), false), 3 * NANOS);
        // The same file once more.
        assert_eq!(clock.time(SECOND, Some(4 * NANOS), false), 4 * NANOS);
        assert_eq!(clock.time(2 * SECOND, Some(5 * NANOS), false), 5 * NANOS);
        assert!(!clock.is_absolute());
        // A clock that started hours away.
        let far = clock.time(90_000 * SECOND, Some(6 * NANOS), false);
        assert_eq!(far, 6 * NANOS);
        let signalled = clock.time(90_003 * SECOND, Some(7 * NANOS), true);
        assert_eq!(signalled, 7 * NANOS);
    }

    #[test]
    fn audio_may_precede_the_beginning() {
        let mut clock = Clock::new(Some(5));
        assert_eq!(clock.time((1 << 33) - 22, None, false), -300_000);
    }
}
