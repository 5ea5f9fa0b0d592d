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
use tonearm_media_core::{
    Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackSelector,
};

use crate::track_selection::{Candidate, choose};
use tonearm_media_core::fraction_of;

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

/// Whether a box begins here that can be the first of a file.
pub(crate) fn detect(head: &[u8]) -> bool {
    let kind = head.get(4..8).unwrap_or_default();
    let brand = head.get(8..12).unwrap_or_default();
    // QuickTime files older than `ftyp` begin with any of the latter, and so do
    // fragments of a stream.
    kind == b"ftyp" && !is_image(brand)
        || matches!(
            kind,
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" | b"styp"
        )
}

/// Brands of images that share MP4's boxes.
fn is_image(brand: &[u8]) -> bool {
    matches!(
        brand,
        b"heic" | b"heix" | b"heim" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx "
    )
}

/// Opens a file by its `moov` box, wherever that is.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let (movie, end) = find_movie(&mut input)?;
    let candidates: Vec<Candidate> = movie.tracks.iter().map(Trak::candidate).collect();
    let trak = &movie.tracks[choose(selector, &candidates)?];
    let edits = movie.edits(trak);
    let entry = trak.entry.as_ref();
    let track = Track {
        params: entry.map(|entry| entry.params.clone()).unwrap_or_default(),
        codec_name: entry.and_then(|entry| entry.codec_name.clone()),
        tick_rate: trak.timescale,
        seconds: movie.seconds(trak, &edits),
        edits,
        has_exact_ticks: true,
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
    Err(FileError::Damaged {
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
    ) -> Result<ReadStep> {
        match self.sample()? {
            // What lies beyond the end was cut off, and so is all that follows.
            Some(Found::Sample(sample))
                if sample.pos.saturating_add(sample.size) > self.input.len() =>
            {
                Err(FileError::Damaged {
                    detail: "an MP4 file that was cut off",
                })
            }
            Some(Found::Sample(sample)) => {
                fill(&mut self.input, &sample, packet)?;
                packet.is_exact = sample.is_short_end;
                Ok(ReadStep::Packet)
            }
            Some(Found::Busy) => Ok(ReadStep::Busy),
            Some(Found::End) | None => Ok(ReadStep::End),
        }
    }
}

impl Demuxer for Mp4 {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.step(packet, |input, sample, packet| {
            packet.fill(input, sample.pos, sample.size, sample.ticks)
        })
    }

    fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.step(packet, |_, sample, packet| {
            *packet = Packet {
                ticks: sample.ticks,
                ..Packet::default()
            };
            Ok(())
        })
    }

    fn position(&mut self) -> Option<u64> {
        match (&self.samples, &mut self.fragments) {
            (None, Some(fragments)) => fragments.position().map(|at| at | IN_FRAGMENTS),
            _ => Some(self.passed),
        }
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        if position & IN_FRAGMENTS != 0 {
            self.samples = None;
            if let Some(fragments) = &mut self.fragments {
                fragments.seek(position & !IN_FRAGMENTS);
            }
            return Ok(());
        }
        self.samples = self.start.clone();
        self.passed = 0;
        if let Some(fragments) = &mut self.fragments {
            fragments.seek(self.first_fragment);
        }
        while self.passed < position
            && let Some(samples) = &mut self.samples
            && samples.next()?.is_some()
        {
            self.passed += 1;
        }
        Ok(())
    }

    fn fraction(&self) -> f32 {
        match (&self.fragments, &self.samples) {
            (Some(fragments), _) => fraction_of(fragments.offset(), self.input.len()),
            (None, Some(samples)) => samples.fraction(),
            (None, None) => 1.0,
        }
    }
}
