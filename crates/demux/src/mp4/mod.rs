//! MP4, M4A, 3GP and QuickTime MOV, whole and fragmented.
//!
//! The demuxer reads only the samples of one audio track, no video. It reads the sample
//! tables entry by entry, so that memory does not grow with the length of the file, and a
//! header that states a billion samples costs nothing. It applies edit lists. A truncated
//! file yields its samples up to the truncation.

mod boxes;
mod entry;
pub(crate) mod esds;
mod fragments;
mod movie;
mod table;
mod tags;

use self::boxes::top_level;
use self::fragments::{Fragments, SampleStep};
use self::movie::{Extends, Movie, Trak};
use self::table::{Sample, Samples};
use tonearm_media_core::{Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackChoice};

use crate::track_selection::{Candidate, choose};
use tonearm_media_core::fraction_of;

struct Mp4 {
    input: Input,
    track: Track,
    samples: Option<Samples>,
    /// The samples from the first one, for seeking.
    start: Option<Samples>,
    /// Number of samples read.
    passed: u64,
    fragments: Option<Fragments>,
    /// Offset of the first fragment.
    first_fragment: u64,
}

/// Set in a position that is an offset of a fragment. Other positions are numbers of
/// samples.
const IN_FRAGMENTS: u64 = 1 << 63;

/// Maximum number of boxes before `moov`; real files have a handful.
const MAX_BOXES: usize = 100_000;

/// Whether a box begins here that can be the first of a file.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    let kind = bytes.get(4..8).unwrap_or_default();
    let brand = bytes.get(8..12).unwrap_or_default();
    // QuickTime files from before `ftyp`, and segments of a stream, begin with one of the
    // others.
    kind == b"ftyp" && !is_image(brand)
        || matches!(
            kind,
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" | b"styp"
        )
}

/// Whether the brand is that of an image format based on the same boxes.
fn is_image(brand: &[u8]) -> bool {
    matches!(
        brand,
        b"heic" | b"heix" | b"heim" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx "
    )
}

/// Opens a file and reads its `moov` box, wherever that is.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
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

/// The movie, and the end of its box.
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
    fn sample(&mut self) -> Result<Option<SampleStep>> {
        if let Some(samples) = &mut self.samples {
            match samples.next()? {
                Some(sample) => {
                    self.passed += 1;
                    return Ok(Some(SampleStep::Sample(sample)));
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
            // The file was truncated before this sample.
            Some(SampleStep::Sample(sample))
                if sample.pos.saturating_add(sample.size) > self.input.len() =>
            {
                Err(FileError::Damaged {
                    detail: "an MP4 file that was cut off",
                })
            }
            Some(SampleStep::Sample(sample)) => {
                fill(&mut self.input, &sample, packet)?;
                packet.is_exact = sample.is_short_end;
                Ok(ReadStep::Packet)
            }
            Some(SampleStep::Busy) => Ok(ReadStep::Busy),
            Some(SampleStep::End) | None => Ok(ReadStep::End),
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
