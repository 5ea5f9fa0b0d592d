//! The chapters of a file whose gaps are closed. A container states them on the time axis of
//! a player, from which the option `gaps=close` removes lead-ins, gaps and pauses.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use tonearm_media_core::{Chapter, FileError, Packet, ReadStep};

use crate::error::{MediaError, Result};
use crate::opened_file::OpenedFile;
use crate::pcm_source::{PcmSource, Target};
use crate::samples::duration;
use crate::selection::{Gaps, Selection};
use crate::timeline::Timeline;

/// Demuxer steps between calls of `progress`.
const STEPS: u64 = 256;

impl OpenedFile {
    /// The chapters of the selected track on the time axis of the output. Where `selection`
    /// closes gaps, the whole file is read, without decoding it. The chapters are unchanged
    /// where the length of a packet is known only after decoding it.
    ///
    /// # Errors
    /// Those of [`PcmSource::open`], and `Stopped` where `progress` breaks.
    pub fn chapters(
        &self,
        target: &Target,
        selection: &Selection,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Vec<Chapter>> {
        let mut source = PcmSource::open(self.reopened(), target, selection)?;
        let mut chapters = source.info.tags.chapters.clone();
        if selection.gaps == Gaps::Keep || chapters.is_empty() {
            return Ok(chapters);
        }
        if let Some(axis) = source.joined_axis(progress)? {
            for chapter in &mut chapters {
                chapter.start = axis.at(chapter.start);
                chapter.end = chapter.end.map(|end| axis.at(end));
            }
        }
        Ok(chapters)
    }
}

/// Maps the time of a player to that of the joined audio.
#[derive(Debug, Default)]
struct JoinedAxis {
    /// Where audio begins or continues: the player's time, and the time in the joined audio.
    pieces: Vec<(Duration, Duration)>,
}

impl JoinedAxis {
    /// The time in the joined audio; a time in a gap is that of the audio after it.
    fn at(&self, time: Duration) -> Duration {
        let next = self.pieces.partition_point(|piece| piece.0 <= time);
        let (from, joined) = match next.checked_sub(1).and_then(|at| self.pieces.get(at)) {
            Some(&piece) => piece,
            None => Default::default(),
        };
        let at = joined.saturating_add(time.saturating_sub(from));
        let limit = self.pieces.get(next).map(|piece| piece.1);
        limit.map_or(at, |limit| at.min(limit))
    }
}

impl PcmSource {
    /// Reads the whole file. `None` where the length of a packet is unknown.
    fn joined_axis(
        &mut self,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<JoinedAxis>> {
        self.rewind()?;
        let mut timeline = Timeline::new(self.reader.track(), Gaps::Keep);
        let mut counter = self.counter.restarted();
        let rate = self.info.sample_rate;
        let channels = usize::from(self.info.channels);
        let mut packet = Packet::default();
        let mut held = self.held_packets;
        let mut axis = JoinedAxis::default();
        // Where each packet without a place would begin to play if it had no timestamp.
        let mut starts = VecDeque::new();
        let (mut played, mut joined, mut steps) = (0u64, 0u64, 0u64);
        loop {
            steps += 1;
            if steps.is_multiple_of(STEPS) && progress().is_break() {
                return Err(MediaError::Stopped);
            }
            counter.add_step()?;
            let is_end = match self.reader.skip_packet(&mut packet) {
                Ok(ReadStep::Packet) => {
                    let Some(length) = self.packet_length(&packet) else {
                        return Ok(None);
                    };
                    counter.add(length, rate, channels)?;
                    if held > 0 {
                        held -= 1;
                        timeline.skip(&packet, rate);
                    } else {
                        starts.push_back(timeline.push(&packet, length, rate).0);
                    }
                    false
                }
                Ok(ReadStep::Busy) => false,
                Ok(ReadStep::NewTrack) => return Ok(None),
                Ok(ReadStep::End) | Err(FileError::Damaged { .. }) => true,
                Err(error) => return Err(error.into()),
            };
            while let Some(place) = timeline.place(is_end) {
                let start = starts.pop_front().unwrap_or(place.from);
                // An overlap, which the joined audio plays twice.
                joined = joined.saturating_add(place.from.saturating_sub(start));
                counter.add(place.silence, rate, channels)?;
                played = played.saturating_add(place.silence);
                if place.silence > 0 || place.from > start {
                    let piece = (duration(played, rate), duration(joined, rate));
                    axis.pieces.push(piece);
                }
                let length = place.to.saturating_sub(place.from);
                played = played.saturating_add(length);
                joined = joined.saturating_add(length);
            }
            if is_end {
                return Ok(Some(axis));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_audio_between_gaps() {
        let seconds = Duration::from_secs;
        // A lead-in of 1 s, and a gap from 3 to 5 s.
        let axis = JoinedAxis {
            pieces: vec![(seconds(1), seconds(0)), (seconds(5), seconds(2))],
        };
        let expected = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3)];
        for (time, joined) in expected {
            assert_eq!(axis.at(seconds(time)), seconds(joined), "{time}");
        }
        assert_eq!(JoinedAxis::default().at(seconds(7)), seconds(7));
    }
}
