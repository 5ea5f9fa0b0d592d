//! MP4, M4A, 3GP and QuickTime MOV, whole and fragmented.
//!
//! The demuxer reads only the samples of one audio track, no video. It reads the sample
//! tables entry by entry, so that memory does not grow with the length of the file, and a
//! header that states a billion samples costs nothing. It plays the parts of an edit list in
//! their order, each packet with its time in the movie. A truncated
//! file yields its samples up to the truncation.

mod boxes;
mod chapters;
mod edits;
mod entry;
pub(crate) mod esds;
mod fragments;
mod keys;
mod movie;
mod origin;
mod source;
mod table;
mod tags;

use self::boxes::top_level;
use self::edits::Span;
use self::fragments::{Fragments, SampleStep};
use self::movie::{Extends, Movie, Trak};
use self::source::Source;
use self::table::{Durations, Sample, Samples};
use tonearm_media_core::{
    Codec, Demuxer, Edit, FileError, Input, Packet, PacketLength, ReadStep, Result, Track,
    TrackChoice,
};

use crate::track_selection::{Candidate, choose};

struct Mp4 {
    input: Input,
    track: Track,
    source: Source,
    /// A sample that was read and not used.
    peeked: Option<Peeked>,
    /// The played parts, in their order.
    spans: Vec<Span>,
    /// Index of the current one.
    span: usize,
    /// Nanoseconds of the movie at which the file begins.
    origin: i64,
    /// Most frequent duration of a sample; 0 if unknown.
    usual: u64,
    /// Longest duration of a sample; a longer one ends with a gap.
    longest: u64,
}

/// A sample, and the position before it.
#[derive(Clone, Copy)]
struct Peeked {
    sample: Sample,
    position: Option<u64>,
}

/// Position of the number of the current edit in a position of the file.
const SPAN_SHIFT: u32 = 48;
/// Milliseconds of a track that are decoded before an edit begins, so that the decoder has
/// converged: the bit reservoir of MP3 spans 250, Opus needs 80.
const PRE_ROLL_MS: u64 = 300;
/// Bytes of a packet's header that state its length.
const HEADER: u64 = 32;
/// Samples skipped per step.
const STEP: usize = 256;

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
    let durations = match trak.times {
        Some(bx) => Durations::read(&input, bx)?,
        None => Durations::default(),
    };
    let mut spans = movie.spans(trak, durations)?;
    let entry = trak.entry.as_ref();
    let track = Track {
        params: entry.map(|entry| entry.params.clone()).unwrap_or_default(),
        codec_name: entry.and_then(|entry| entry.codec_name.clone()),
        tick_rate: trak.timescale,
        seconds: movie.seconds(trak, &spans),
        // The edits are applied here. This one states that there are some, so that the
        // codec's own delay does not apply as well.
        edits: match spans.is_empty() {
            true => Vec::new(),
            false => vec![Edit {
                start: 0,
                length: None,
            }],
        },
        has_exact_ticks: true,
        tags: movie.tags.clone(),
        ..Track::default()
    };
    if spans.is_empty() {
        spans.push(Span {
            start: 0,
            end: u64::MAX,
            time: movie.pause(trak),
        });
    }
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
    // Vorbis alternates between two durations.
    let has_stated_length = matches!(track.params.codec.packet_length(), PacketLength::Stated)
        && track.params.codec != Codec::Vorbis;
    let longest = match durations.usual {
        usual if usual > 0 && has_stated_length => usual,
        _ => u64::MAX,
    };
    Ok(Box::new(Mp4 {
        origin: origin::find(&mut input, &movie, end)?,
        input,
        track,
        source: Source::new(samples, fragments, end),
        peeked: None,
        spans,
        span: 0,
        usual: durations.usual,
        longest,
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
    /// The next sample that is played or precedes one that is, and the edit to which it
    /// belongs.
    fn sample(&mut self) -> Result<Next> {
        for _ in 0..STEP {
            let Some(&span) = self.spans.get(self.span) else {
                return Ok(Next::End);
            };
            let Peeked { sample, position } = match self.peeked.take() {
                Some(peeked) => peeked,
                None => {
                    let position = self.source.position();
                    match self.source.next()? {
                        SampleStep::Sample(sample) => Peeked { sample, position },
                        SampleStep::Busy => return Ok(Next::Busy),
                        SampleStep::End if self.span + 1 < self.spans.len() => {
                            self.span += 1;
                            self.source.restart();
                            continue;
                        }
                        SampleStep::End => return Ok(Next::End),
                    }
                }
            };
            let Some(time) = sample.time else {
                return Ok(Next::Sample(sample, span));
            };
            let pre_roll = u64::from(self.track.tick_rate) * PRE_ROLL_MS / 1000;
            if time >= span.end {
                self.span += 1;
                if let Some(next) = self.spans.get(self.span) {
                    match next.start.saturating_sub(pre_roll) < time {
                        true => self.source.restart(),
                        false => self.peeked = Some(Peeked { sample, position }),
                    }
                }
            } else if time.saturating_add(sample.ticks) > span.start.saturating_sub(pre_roll) {
                return Ok(Next::Sample(sample, span));
            }
        }
        Ok(Next::Busy)
    }

    fn step(
        &mut self,
        packet: &mut Packet,
        fill: impl Fn(&mut Input, &Sample, &mut Packet) -> Result<()>,
    ) -> Result<ReadStep> {
        let (sample, span) = match self.sample()? {
            Next::Sample(sample, span) => (sample, span),
            Next::Busy => return Ok(ReadStep::Busy),
            Next::End => return Ok(ReadStep::End),
        };
        // The file was truncated before this sample.
        if sample.pos.saturating_add(sample.size) > self.input.len() {
            return Err(FileError::Damaged {
                detail: "an MP4 file that was cut off",
            });
        }
        fill(&mut self.input, &sample, packet)?;
        packet.is_exact = sample.is_short_end;
        packet.ticks = sample.ticks.min(self.longest);
        if let Some(begin) = sample.time {
            trim(packet, begin, sample.ticks, span);
            let time = span.time_of(begin, self.track.tick_rate);
            packet.time = Some(time.saturating_sub(self.origin));
        }
        Ok(ReadStep::Packet)
    }
}

enum Next {
    Sample(Sample, Span),
    Busy,
    End,
}

/// Trims a packet that begins at tick `begin` and lasts `ticks` to the played part.
fn trim(packet: &mut Packet, begin: u64, ticks: u64, span: Span) {
    let end = begin.saturating_add(ticks);
    if end <= span.start {
        // More than any packet: decoders may yield more samples than the container states.
        packet.trim_start = u64::MAX;
    } else {
        packet.trim_start = span.start.saturating_sub(begin);
    }
    if end > span.end {
        let left = span.end.saturating_sub(begin);
        packet.ticks = packet.ticks.min(left);
        packet.is_exact = true;
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
        let usual = self.usual;
        let has_length = matches!(
            self.track.params.codec.packet_length(),
            PacketLength::Header(_)
        );
        self.step(packet, |input, sample, packet| {
            *packet = Packet::default();
            // The duration of such a sample includes a gap; its header states its length.
            if has_length && sample.ticks != usual {
                let head = sample.size.min(HEADER);
                packet.fill(input, sample.pos, head, 0)?;
            }
            Ok(())
        })
    }

    fn position(&mut self) -> Option<u64> {
        let position = match &self.peeked {
            Some(peeked) => peeked.position?,
            None => self.source.position()?,
        };
        Some(position | (self.span as u64) << SPAN_SHIFT)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.peeked = None;
        self.span = usize::try_from(position >> SPAN_SHIFT).unwrap_or(usize::MAX);
        self.source.seek(position & ((1 << SPAN_SHIFT) - 1))
    }

    fn fraction(&self) -> f32 {
        self.source.fraction(self.input.len())
    }
}
