//! The `moov` box and its audio tracks.

use std::time::Duration;

use super::boxes::{Bx, be32, be64, child, damaged};
use super::chapters;
use super::edits::{EditList, Scale, Span, nanoseconds};
use super::entry::{self, Entry};
use super::table::Durations;
use super::tags;
use tonearm_media_core::{Codec, Input, Result, Tags};

use crate::track_selection::Candidate;

/// The audio-related content of a `moov` box.
#[derive(Default)]
pub(super) struct Movie {
    /// Ticks per second of the movie, in which edit lengths are stated.
    timescale: u32,
    /// Duration of a fragmented movie in these ticks.
    fragments_duration: u64,
    /// Whether fragments follow.
    pub(super) is_fragmented: bool,
    /// Audio tracks, in order.
    pub(super) tracks: Vec<Trak>,
    /// Beginnings of the audio and video tracks.
    pub(super) begins: Vec<Begin>,
    /// Fragment defaults by track.
    pub(super) extends: Vec<Extends>,
    pub(super) tags: Tags,
    /// Tracks of text.
    texts: Vec<Trak>,
    /// Ids of tracks that contain chapters.
    chapter_tracks: Vec<u32>,
    /// Priming and length in samples, from iTunes' gapless information.
    gapless: Option<(u64, u64)>,
}

/// Defaults of a track's fragments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extends {
    pub(super) track: u32,
    pub(super) ticks: u32,
    pub(super) size: u32,
}

/// One audio track.
#[derive(Default)]
pub(super) struct Trak {
    pub(super) id: u32,
    /// Whether it is marked as enabled.
    pub(super) is_enabled: bool,
    is_audio: bool,
    is_video: bool,
    is_text: bool,
    /// The id of the track that contains its chapters.
    chapters: Option<u32>,
    /// Ticks per second of the track.
    pub(super) timescale: u32,
    duration: u64,
    edits: EditList,
    language: Option<String>,
    title: Option<String>,
    /// Whether it is marked as commentary, as audio description, or for the hard of
    /// hearing.
    is_secondary: bool,
    pub(super) entry: Option<Entry>,
    pub(super) times: Option<Bx>,
    pub(super) chunks: Option<Bx>,
    pub(super) sizes: Option<Bx>,
    pub(super) offsets: Option<Bx>,
    /// Composition offset of the first sample in ticks.
    first_composition: i64,
}

/// Maximum number of tracks.
const MAX_TRACKS: usize = 256;

impl Movie {
    /// Reads the `moov` box.
    pub(super) fn read(input: &mut Input, moov: Bx) -> Result<Self> {
        let mut movie = Self::default();
        let mut at = moov.body;
        while let Some(bx) = child(input, at, moov.end)? {
            at = bx.end;
            match &bx.kind {
                b"mvhd" => movie.timescale = timescale_and_duration(input, bx)?.0,
                b"trak" if movie.begins.len() < MAX_TRACKS => {
                    let mut trak = Trak::default();
                    trak.read(input, bx, 0)?;
                    if trak.is_audio || trak.is_video {
                        movie.begins.push(Begin::of(input, &trak, movie.timescale)?);
                    }
                    movie.chapter_tracks.extend(trak.chapters);
                    if trak.is_audio {
                        movie.tracks.push(trak);
                    } else if trak.is_text {
                        movie.texts.push(trak);
                    }
                }
                b"mvex" => movie.read_extends(input, bx)?,
                b"udta" => {
                    let (tags, gapless) = tags::read(input, bx)?;
                    movie.tags = tags.or(std::mem::take(&mut movie.tags));
                    movie.tags.chapters = chapters::nero(input, bx)?;
                    movie.gapless = gapless;
                }
                // QuickTime has metadata with names beside the user data.
                b"meta" => {
                    let (tags, _) = tags::read_meta(input, bx)?;
                    movie.tags = std::mem::take(&mut movie.tags).or(tags);
                }
                b"cmov" => return damaged("a compressed QuickTime header"),
                _ => {}
            }
        }
        movie.read_chapters(input)?;
        Ok(movie)
    }

    /// Reads the chapters of the text track, unless Nero's box has more.
    fn read_chapters(&mut self, input: &mut Input) -> Result<()> {
        let mut texts = self.texts.iter();
        let Some(trak) = texts.find(|trak| self.chapter_tracks.contains(&trak.id)) else {
            return Ok(());
        };
        let found = chapters::track(input, trak)?;
        if found.len() >= self.tags.chapters.len() {
            self.tags.chapters = found;
        }
        Ok(())
    }

    fn read_extends(&mut self, input: &mut Input, mvex: Bx) -> Result<()> {
        self.is_fragmented = true;
        let mut at = mvex.body;
        while let Some(bx) = child(input, at, mvex.end)? {
            at = bx.end;
            input.set_pos(bx.body);
            match &bx.kind {
                b"mehd" if bx.len() >= 12 => {
                    let fields: [u8; 12] = input.array()?;
                    self.fragments_duration = match fields[0] {
                        0 => u64::from(be32(&fields, 4)),
                        _ => be64(&fields, 4),
                    };
                }
                b"trex" if bx.len() >= 24 && self.extends.len() < MAX_TRACKS => {
                    let fields: [u8; 24] = input.array()?;
                    self.extends.push(Extends {
                        track: be32(&fields, 4),
                        ticks: be32(&fields, 12),
                        size: be32(&fields, 16),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The parts of a track to play; the whole track if empty. Without an edit list, iTunes'
    /// gapless information applies.
    ///
    /// # Errors
    /// `UnsupportedSpeed`.
    pub(super) fn spans(&self, trak: &Trak, durations: Durations) -> Result<Vec<Span>> {
        if let Some((start, length)) = self.gapless.filter(|_| trak.edits.is_empty()) {
            let end = match length {
                0 => u64::MAX,
                length => start.saturating_add(length),
            };
            let time = trak.edits.begin(self.timescale).0;
            return Ok(vec![Span { start, end, time }]);
        }
        trak.edits.spans(Scale {
            movie: self.timescale,
            track: trak.timescale,
            end: durations.total,
            is_fragmented: self.is_fragmented,
        })
    }

    /// Nanoseconds of the pause before a track whose edit list plays nothing.
    pub(super) fn pause(&self, trak: &Trak) -> i64 {
        trak.edits.begin(self.timescale).0
    }

    /// Stated duration of a track, in seconds.
    pub(super) fn seconds(&self, trak: &Trak, spans: &[Span]) -> Option<f64> {
        let rate = f64::from(trak.timescale.max(1));
        let whole = self.fragments_duration as f64 / f64::from(self.timescale.max(1));
        let own = trak.duration as f64 / rate;
        let edited = spans.last().map_or(own, |last| {
            let end = last.end.min(trak.duration.max(last.start));
            last.time as f64 / 1e9 + (end - last.start) as f64 / rate
        });
        [edited.max(whole), own]
            .into_iter()
            .find(|&seconds| seconds > 0.0)
    }
}

/// Where a track begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin {
    pub(super) id: u32,
    timescale: u32,
    /// Nanoseconds of the movie at which its first edit begins.
    time: i64,
    /// The first tick of that edit.
    start: u64,
    /// Presentation of its first sample in the tables, in ticks of the track; `None` where
    /// all samples are in fragments.
    first: Option<i64>,
}

impl Begin {
    fn of(input: &mut Input, trak: &Trak, movie: u32) -> Result<Self> {
        let (time, start) = trak.edits.begin(movie);
        let count = match trak.sizes {
            Some(bx) => input.peek(bx.body, 12)?,
            None => Vec::new(),
        };
        Ok(Self {
            id: trak.id,
            timescale: trak.timescale,
            time,
            start,
            first: (be32(&count, 8) > 0).then_some(trak.first_composition),
        })
    }

    /// Whether the first sample is in a fragment.
    pub(super) fn is_in_fragments(&self) -> bool {
        self.first.is_none()
    }

    /// Nanoseconds of the movie at which the track begins. `first` is the presentation of
    /// the first sample in fragments.
    pub(super) fn time(&self, first: Option<i64>) -> Option<i64> {
        let first = self.first.or(first)?;
        let late = first.saturating_sub_unsigned(self.start).max(0);
        let late = nanoseconds(late.unsigned_abs(), self.timescale);
        Some(self.time.saturating_add(late))
    }
}

impl Trak {
    /// Reads the children of `parent`, which is the `trak` box or a container box within it.
    fn read(&mut self, input: &mut Input, parent: Bx, depth: u8) -> Result<()> {
        let mut at = parent.body;
        while let Some(bx) = child(input, at, parent.end)? {
            at = bx.end;
            input.set_pos(bx.body);
            match &bx.kind {
                b"mdia" | b"minf" | b"stbl" | b"edts" if depth < 4 => {
                    self.read(input, bx, depth + 1)?;
                }
                b"tkhd" if bx.len() >= 24 => {
                    let fields: [u8; 24] = input.array()?;
                    self.is_enabled = fields[3] & 1 == 1;
                    self.id = be32(&fields, if fields[0] == 0 { 12 } else { 20 });
                }
                b"mdhd" => {
                    (self.timescale, self.duration) = timescale_and_duration(input, bx)?;
                    if self.language.is_none() {
                        self.language = packed_language(input, bx)?;
                    }
                }
                // Version and flags, then a BCP 47 tag.
                b"elng" if (6..64).contains(&bx.len()) => {
                    let tag = input.peek(bx.body + 4, 60)?;
                    let tag = tag.split(|&byte| byte == 0).next().unwrap_or_default();
                    self.language = Some(String::from_utf8_lossy(tag).into_owned());
                }
                // QuickTime has a second one within `minf`, for the data.
                b"hdlr" if depth == 1 && bx.len() >= 12 => {
                    let fields: [u8; 12] = input.array()?;
                    self.is_audio = &fields[8..] == b"soun";
                    self.is_video = &fields[8..] == b"vide";
                    self.is_text = matches!(&fields[8..], b"text" | b"sbtl");
                }
                b"tref" if depth == 0 => self.chapters = chapter_reference(input, bx)?,
                b"udta" if depth == 0 => {
                    let found = tags::read_track(input, bx)?;
                    (self.title, self.is_secondary) = (found.title, found.is_secondary);
                }
                b"elst" => self.edits = EditList::read(input, bx)?,
                b"stsd" if self.is_audio => self.entry = Some(entry::read(input, bx)?),
                b"stts" => self.times = Some(bx),
                b"stsc" => self.chunks = Some(bx),
                b"stsz" | b"stz2" => self.sizes = Some(bx),
                b"ctts" => self.first_composition = first_composition(input, bx)?,
                b"stco" | b"co64" => self.offsets = Some(bx),
                _ => {}
            }
        }
        Ok(())
    }

    /// A number of ticks as a time.
    pub(super) fn time(&self, ticks: u64) -> Duration {
        let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(self.timescale.max(1));
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// Describes the track for track selection.
    pub(super) fn candidate(&self) -> Candidate {
        let entry = self.entry.as_ref();
        Candidate {
            is_default: self.is_enabled,
            codec: entry.map_or_else(Codec::default, |entry| entry.params.codec),
            codec_name: entry.and_then(|entry| entry.codec_name.clone()),
            language: self.language.clone(),
            title: self.title.clone(),
            channels: entry.and_then(|entry| entry.params.channel_count()?.try_into().ok()),
            is_secondary: self.is_secondary,
        }
    }
}

/// The first track to which a `tref` box refers for chapters.
fn chapter_reference(input: &mut Input, tref: Bx) -> Result<Option<u32>> {
    let mut at = tref.body;
    while let Some(bx) = child(input, at, tref.end)? {
        at = bx.end;
        if &bx.kind == b"chap" && bx.len() >= 4 {
            input.set_pos(bx.body);
            return Ok(Some(be32(&input.array::<4>()?, 0)));
        }
    }
    Ok(None)
}

/// The language in `mdhd`: three letters of five bits each. `None` for QuickTime's numeric
/// codes.
fn packed_language(input: &mut Input, mdhd: Bx) -> Result<Option<String>> {
    let fields = input.peek(mdhd.body, 34)?;
    let at = if fields.first() == Some(&1) { 32 } else { 20 };
    let Some(&[high, low]) = fields.get(at..).and_then(<[u8]>::first_chunk) else {
        return Ok(None);
    };
    let bits = u16::from_be_bytes([high, low]);
    let letter = |shift: u16| (bits >> shift & 31).to_le_bytes()[0] + 0x60;
    let letters = [letter(10), letter(5), letter(0)];
    let is_code = bits >= 0x400 && letters.iter().all(u8::is_ascii_lowercase);
    Ok(is_code.then(|| String::from_utf8_lossy(&letters).into_owned()))
}

/// Reads `mvhd` or `mdhd`: ticks per second, and duration in ticks (0 if unknown).
fn timescale_and_duration(input: &mut Input, bx: Bx) -> Result<(u32, u64)> {
    input.set_pos(bx.body);
    let mut fields = [0; 32];
    let have = usize::try_from(bx.len()).unwrap_or(32).min(32);
    input.fill(&mut fields[..have])?;
    let (timescale, duration) = match fields[0] {
        1 => (be32(&fields, 20), be64(&fields, 24)),
        _ => (be32(&fields, 12), u64::from(be32(&fields, 16))),
    };
    let unknown = [u64::from(u32::MAX), u64::MAX];
    let duration = if unknown.contains(&duration) {
        0
    } else {
        duration
    };
    Ok((timescale, duration))
}

/// The first composition offset of a `ctts` box.
fn first_composition(input: &mut Input, bx: Bx) -> Result<i64> {
    let fields = input.peek(bx.body, 16)?;
    let is_known = bx.len() >= 16 && be32(&fields, 4) > 0;
    Ok(if is_known {
        be32(&fields, 12).cast_signed().into()
    } else {
        0
    })
}
