//! MP4, M4A, 3GP and QuickTime MOV, whole and fragmented.
//!
//! A demuxer of our own: only the samples of one audio track are read, never a
//! picture; tables are walked where they lie, so memory does not grow with the
//! length, and a header that claims a billion samples costs nothing; edit
//! lists are known; a file that was cut off yields what is there.

mod boxes;
mod entry;
mod esds;
mod fragments;
mod movie;
mod table;
mod tags;

use self::boxes::top_level;
use self::fragments::{Found, Fragments};
use self::movie::{Extends, Movie, Trak};
use self::table::{Sample, Samples};
use super::choice::{Candidate, choose};
use super::{Demuxer, Packet, Step, Track, fraction_of};
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::selection::TrackChoice;

struct Mp4 {
    input: Input,
    track: Track,
    samples: Option<Samples>,
    /// The walk over the samples before its first step.
    start: Option<Samples>,
    /// Samples passed.
    passed: u64,
    fragments: Option<Fragments>,
    /// Where the walk over the fragments starts.
    first_fragment: u64,
}

/// Set in a mark that is a place among the fragments; the others are numbers of
/// samples.
const IN_FRAGMENTS: u64 = 1 << 63;

/// Boxes before `moov` that are passed at most; real files have a handful.
const MAX_BOXES: usize = 100_000;

/// Opens a file by its `moov` box, wherever that is.
pub(super) fn open(mut input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let (movie, end) = find_movie(&mut input)?;
    let candidates: Vec<Candidate> = movie.tracks.iter().map(Trak::candidate).collect();
    let trak = &movie.tracks[choose(choice, &candidates)?];
    let edits = movie.edits(trak);
    let entry = trak.entry.as_ref();
    let track = Track {
        params: entry.map(|entry| entry.params.clone()).unwrap_or_default(),
        codec_name: entry.and_then(|entry| entry.codec_name.clone()),
        tick_rate: trak.timescale,
        seconds: movie.seconds(trak, &edits),
        edits,
        tags: movie.tags.clone(),
        ..Track::default()
    };
    let fragments = movie.is_fragmented.then(|| {
        let defaults = movie.extends.iter().find(|found| found.track == trak.id);
        let defaults = defaults.copied().unwrap_or(Extends {
            track: trak.id,
            ..Extends::default()
        });
        Fragments::new(&input, end, defaults)
    });
    let samples = match trak.sizes {
        None if fragments.is_some() => None,
        _ => Some(Samples::new(&input, trak)?),
    };
    Ok(Box::new(Mp4 {
        input,
        track,
        start: samples.clone(),
        samples,
        passed: 0,
        fragments,
        first_fragment: end,
    }))
}

/// The movie, and where its box ends.
fn find_movie(input: &mut Input) -> Result<(Movie, u64)> {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let Some(bx) = top_level(input, at)? else {
            break;
        };
        at = bx.end;
        if &bx.kind == b"moov" {
            return Ok((Movie::read(input, bx)?, bx.end));
        }
    }
    Err(MediaError::Damaged {
        detail: "an MP4 file without its index, as when it was cut off",
    })
}

impl Mp4 {
    /// The next sample of the tables or the fragments; `None` after the last.
    fn sample(&mut self) -> Result<Option<Found>> {
        if let Some(samples) = &mut self.samples {
            match samples.next()? {
                Some(sample) => {
                    self.passed += 1;
                    return Ok(Some(Found::Sample(sample)));
                }
                None if self.fragments.is_some() => self.samples = None,
                None => return Ok(None),
            }
        }
        match &mut self.fragments {
            Some(fragments) => fragments.next().map(Some),
            None => Ok(None),
        }
    }

    fn step(
        &mut self,
        packet: &mut Packet,
        fill: impl Fn(&mut Input, &Sample, &mut Packet) -> Result<()>,
    ) -> Result<Step> {
        match self.sample()? {
            // What lies beyond the end was cut off, and so is all that follows.
            Some(Found::Sample(sample))
                if sample.pos.saturating_add(sample.size) > self.input.len() =>
            {
                Err(MediaError::Damaged {
                    detail: "an MP4 file that was cut off",
                })
            }
            Some(Found::Sample(sample)) => {
                fill(&mut self.input, &sample, packet)?;
                packet.is_exact = sample.is_short_end;
                Ok(Step::Packet)
            }
            Some(Found::Busy) => Ok(Step::Busy),
            Some(Found::End) | None => Ok(Step::End),
        }
    }
}

impl Demuxer for Mp4 {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<Step> {
        self.step(packet, |input, sample, packet| {
            packet.fill(input, sample.pos, sample.size, sample.ticks)
        })
    }

    fn pass(&mut self, packet: &mut Packet) -> Result<Step> {
        self.step(packet, |_, sample, packet| {
            *packet = Packet {
                ticks: sample.ticks,
                ..Packet::default()
            };
            Ok(())
        })
    }

    fn mark(&mut self) -> Option<u64> {
        match (&self.samples, &mut self.fragments) {
            (None, Some(fragments)) => fragments.mark().map(|at| at | IN_FRAGMENTS),
            _ => Some(self.passed),
        }
    }

    fn resume(&mut self, mark: u64) -> Result<()> {
        if mark & IN_FRAGMENTS != 0 {
            self.samples = None;
            if let Some(fragments) = &mut self.fragments {
                fragments.resume(mark & !IN_FRAGMENTS);
            }
            return Ok(());
        }
        self.samples = self.start.clone();
        self.passed = 0;
        if let Some(fragments) = &mut self.fragments {
            fragments.resume(self.first_fragment);
        }
        while self.passed < mark
            && let Some(samples) = &mut self.samples
            && samples.next()?.is_some()
        {
            self.passed += 1;
        }
        Ok(())
    }

    fn fraction(&self) -> f32 {
        match (&self.fragments, &self.samples) {
            (Some(fragments), _) => fraction_of(fragments.position(), self.input.len()),
            (None, Some(samples)) => samples.fraction(),
            (None, None) => 1.0,
        }
    }
}
