//! Edit lists (ISO/IEC 14496-12, 8.6.6): which parts of a track are played, and when.

use tonearm_media_core::{FileError, Input, Result};

use super::boxes::{Bx, be32, be64};

/// Maximum number of edits per track; real files have one to three.
const MAX_EDITS: u64 = 1000;

/// An entry of an edit list.
#[derive(Clone, Copy, Debug)]
struct RawEdit {
    /// In ticks of the movie; 0 means up to the end.
    length: u64,
    /// In ticks of the track; `None` for a pause.
    start: Option<u64>,
    /// The speed in 65536ths.
    rate: u32,
}

/// An edit list.
#[derive(Clone, Debug, Default)]
pub(super) struct EditList(Vec<RawEdit>);

/// A played part of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// First tick of the track.
    pub(super) start: u64,
    /// One past the last tick; `u64::MAX` if everything that follows is played.
    pub(super) end: u64,
    /// When it starts, in nanoseconds of the movie.
    pub(super) time: i64,
}

/// What edits depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// Ticks per second of the movie.
    pub(super) movie: u32,
    /// Ticks per second of the track.
    pub(super) track: u32,
    /// Ticks of the track's samples, without fragments; 0 if unknown.
    pub(super) end: u64,
    /// Whether fragments follow, of which the list states nothing.
    pub(super) is_fragmented: bool,
}

impl EditList {
    /// Reads an `elst` box.
    pub(super) fn read(input: &mut Input, bx: Bx) -> Result<Self> {
        input.set_pos(bx.body);
        let fields: [u8; 8] = input.array()?;
        let is_wide = fields[0] == 1;
        let size: u64 = if is_wide { 20 } else { 12 };
        let room = bx.len().saturating_sub(8) / size;
        let mut edits = Vec::new();
        for _ in 0..u64::from(be32(&fields, 4)).min(room).min(MAX_EDITS) {
            let (length, start, rate) = if is_wide {
                let edit: [u8; 20] = input.array()?;
                let start = be64(&edit, 8).cast_signed();
                (be64(&edit, 0), start, be32(&edit, 16))
            } else {
                let edit: [u8; 12] = input.array()?;
                let start = i64::from(be32(&edit, 4).cast_signed());
                (u64::from(be32(&edit, 0)), start, be32(&edit, 8))
            };
            let start = u64::try_from(start).ok();
            edits.push(RawEdit {
                length,
                start,
                rate,
            });
        }
        Ok(Self(edits))
    }

    /// Whether the list plays anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|edit| edit.start.is_none())
    }

    /// The played parts, in the order in which they are played.
    ///
    /// # Errors
    /// `UnsupportedSpeed` where a part is played at another speed, or held.
    pub(super) fn spans(&self, scale: Scale) -> Result<Vec<Span>> {
        let mut spans: Vec<Span> = Vec::new();
        let mut at = 0u64;
        for (number, edit) in self.0.iter().enumerate() {
            let time = nanoseconds(at, scale.movie);
            at = at.saturating_add(edit.length);
            let Some(start) = edit.start else { continue };
            let is_last = number + 1 == self.0.len();
            if edit.length == 0 && !is_last {
                continue;
            }
            if edit.rate != 0x1_0000 {
                return Err(FileError::UnsupportedSpeed {
                    percent: percent(edit.rate),
                });
            }
            let end = scale.end_of(edit.length, start, is_last);
            match spans.last_mut() {
                // The next part of an uninterrupted whole.
                Some(last) if last.end == start && last.lasts_until(time, scale) => last.end = end,
                _ => spans.push(Span { start, end, time }),
            }
        }
        Ok(spans)
    }

    /// When the track begins: after the pauses at the start of the list, in nanoseconds;
    /// and the first tick that is played.
    pub(super) fn begin(&self, movie: u32) -> (i64, u64) {
        let mut at = 0u64;
        for edit in &self.0 {
            if let Some(start) = edit.start {
                return (nanoseconds(at, movie), start);
            }
            at = at.saturating_add(edit.length);
        }
        (0, 0)
    }
}

impl Scale {
    /// One past the last tick of an edit.
    fn end_of(self, length: u64, start: u64, is_last: bool) -> u64 {
        let (movie, track) = (u128::from(self.movie.max(1)), u128::from(self.track));
        let ticks = u128::from(length) * track / movie;
        let end = u128::from(start) + ticks;
        // The movie's ticks are coarse: an edit that ends within one of them before the end
        // of the track is meant to reach the end.
        let tolerance = track / movie + 1;
        let reaches_end = self.end > 0 && end + tolerance >= u128::from(self.end);
        if is_last && (length == 0 || self.is_fragmented || reaches_end) {
            return u64::MAX;
        }
        u64::try_from(end).unwrap_or(u64::MAX)
    }
}

impl Span {
    /// Whether the span ends at `time`, to within a tick of the movie.
    fn lasts_until(&self, time: i64, scale: Scale) -> bool {
        let length = nanoseconds(self.end - self.start, scale.track);
        let tolerance = nanoseconds(1, scale.movie).saturating_add(1);
        let end = self.time.saturating_add(length);
        (end.saturating_sub(time)).saturating_abs() <= tolerance
    }

    /// The presentation time of a tick of the track in nanoseconds.
    pub(super) fn time_of(&self, tick: u64, rate: u32) -> i64 {
        let time = match tick >= self.start {
            true => nanoseconds(tick - self.start, rate),
            false => -nanoseconds(self.start - tick, rate),
        };
        self.time.saturating_add(time)
    }
}

/// The speed in percent.
fn percent(rate: u32) -> u32 {
    let percent = (u64::from(rate) * 100 + 0x8000) >> 16;
    u32::try_from(percent).unwrap_or(u32::MAX)
}

/// Ticks in nanoseconds.
pub(super) fn nanoseconds(ticks: u64, rate: u32) -> i64 {
    let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(rate.max(1));
    // Half the range, so that differences do not overflow.
    i64::try_from(nanoseconds)
        .unwrap_or(i64::MAX)
        .min(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale {
        movie: 1000,
        track: 48_000,
        end: 480_000,
        is_fragmented: false,
    };

    fn list(edits: &[(u64, i64)]) -> EditList {
        let edit = |&(length, start): &(u64, i64)| RawEdit {
            length,
            start: u64::try_from(start).ok(),
            rate: 0x1_0000,
        };
        EditList(edits.iter().map(edit).collect())
    }

    fn spans(edits: &[(u64, i64)]) -> Vec<(u64, u64, i64)> {
        let spans = list(edits).spans(SCALE).unwrap();
        let parts = spans.iter();
        parts
            .map(|span| (span.start, span.end, span.time / 1_000_000))
            .collect()
    }

    #[test]
    fn edits_are_played_in_their_order_after_pauses() {
        let open = u64::MAX;
        assert_eq!(spans(&[]), []);
        assert_eq!(spans(&[(9979, 1024)]), [(1024, open, 0)]);
        assert_eq!(spans(&[(850, -1), (0, 0)]), [(0, open, 850)]);
        assert_eq!(
            spans(&[(1000, 96_000), (500, -1), (2000, 0)]),
            [(96_000, 144_000, 0), (0, 96_000, 1500)]
        );
    }

    #[test]
    fn edits_that_continue_each_other_are_one() {
        assert_eq!(spans(&[(1000, 0), (1000, 48_000)]), [(0, 96_000, 0)]);
        assert_eq!(
            spans(&[(1000, 0), (1000, -1), (1000, 48_000)]),
            [(0, 48_000, 0), (48_000, 96_000, 2000)]
        );
    }

    #[test]
    fn another_speed_is_refused() {
        for (rate, expected) in [(0x8000, 50), (0x2_0000, 200), (0, 0)] {
            let mut edits = list(&[(1000, 0)]);
            edits.0[0].rate = rate;
            let error = edits.spans(SCALE).unwrap_err();
            assert!(
                matches!(error, FileError::UnsupportedSpeed { percent } if percent == expected)
            );
        }
    }

    #[test]
    fn fragments_follow_the_last_edit() {
        let scale = Scale {
            is_fragmented: true,
            ..SCALE
        };
        let spans = list(&[(5000, 1024)]).spans(scale).unwrap();
        assert_eq!(spans[0].end, u64::MAX);
    }
}
