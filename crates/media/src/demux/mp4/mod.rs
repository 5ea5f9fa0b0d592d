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
    fragments: Option<Fragments>,
}

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
        samples,
        fragments,
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
    fn read(&mut self, sample: Sample, packet: &mut Packet) -> Result<Step> {
        // What lies beyond the end was cut off, and so is all that follows.
        let end = sample.pos.saturating_add(sample.size);
        if end > self.input.len() {
            return Ok(Step::End);
        }
        packet.fill(&mut self.input, sample.pos, sample.size, sample.ticks)?;
        packet.is_exact = sample.is_short_end;
        Ok(Step::Packet)
    }
}

impl Demuxer for Mp4 {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<Step> {
        if let Some(samples) = &mut self.samples {
            match samples.next()? {
                Some(sample) => return self.read(sample, packet),
                None if self.fragments.is_some() => self.samples = None,
                None => return Ok(Step::End),
            }
        }
        let Some(fragments) = &mut self.fragments else {
            return Ok(Step::End);
        };
        match fragments.next()? {
            Found::Sample(sample) => self.read(sample, packet),
            Found::Busy => Ok(Step::Busy),
            Found::End => Ok(Step::End),
        }
    }

    fn fraction(&self) -> f32 {
        match (&self.fragments, &self.samples) {
            (Some(fragments), _) => fraction_of(fragments.position(), self.input.len()),
            (None, Some(samples)) => samples.fraction(),
            (None, None) => 1.0,
        }
    }
}
