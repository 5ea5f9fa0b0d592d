//! The `moov` box and its audio tracks.

use super::boxes::{Bx, be32, be64, child, damaged};
use super::entry::{self, Entry};
use super::tags;
use tonearm_media_core::{Codec, Edit, Input, Result, Tags};

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
    /// Fragment defaults by track.
    pub(super) extends: Vec<Extends>,
    pub(super) tags: Tags,
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
    /// Ticks per second of the track.
    pub(super) timescale: u32,
    duration: u64,
    edits: Vec<RawEdit>,
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
}

struct RawEdit {
    /// In ticks of the movie; 0 means up to the end.
    length: u64,
    /// In ticks of the track; `None` for a pause.
    start: Option<u64>,
}

/// Maximum number of edits per track; real files have one to three.
const MAX_EDITS: u64 = 1000;
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
                b"trak" if movie.tracks.len() < MAX_TRACKS => {
                    let mut trak = Trak::default();
                    trak.read(input, bx, 0)?;
                    if trak.is_audio {
                        movie.tracks.push(trak);
                    }
                }
                b"mvex" => movie.read_extends(input, bx)?,
                b"udta" => {
                    let (tags, gapless) = tags::read(input, bx)?;
                    movie.tags = tags;
                    movie.gapless = gapless;
                }
                b"cmov" => return damaged("a compressed QuickTime header"),
                _ => {}
            }
        }
        Ok(movie)
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

    /// The parts of a track to play. Pauses are dropped, as ffmpeg drops a pause at the start
    /// of audio-only output. Without an edit list, iTunes' gapless information applies.
    pub(super) fn edits(&self, trak: &Trak) -> Vec<Edit> {
        let movie_rate = u64::from(self.timescale.max(1));
        let rate = u64::from(trak.timescale);
        let mut edits: Vec<Edit> = Vec::new();
        for raw in &trak.edits {
            let Some(start) = raw.start else { continue };
            let length = u128::from(raw.length) * u128::from(rate) / u128::from(movie_rate);
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            // The movie's ticks are coarse: an edit that ends within one of them before the
            // end of the track is meant to reach the end.
            let to_end = trak.duration.saturating_sub(start);
            let is_all = raw.length == 0 || length + rate / movie_rate + 1 >= to_end;
            edits.push(Edit {
                start,
                length: (!is_all || trak.duration == 0 && raw.length > 0).then_some(length),
            });
        }
        let is_ascending = edits
            .windows(2)
            .all(|pair| pair[0].length.map(|length| pair[0].start + length) <= Some(pair[1].start));
        if !is_ascending {
            // The edits reorder the track, which is not supported: play all of it.
            edits.clear();
        }
        match self.gapless {
            Some((start, length)) if trak.edits.is_empty() => vec![Edit {
                start,
                length: Some(length).filter(|&length| length > 0),
            }],
            _ => edits,
        }
    }

    /// Stated duration of a track, in seconds.
    pub(super) fn seconds(&self, trak: &Trak, edits: &[Edit]) -> Option<f64> {
        let own = trak.duration as f64 / f64::from(trak.timescale.max(1));
        let whole = self.fragments_duration as f64 / f64::from(self.timescale.max(1));
        let played: u64 = edits
            .iter()
            .map(|edit| {
                edit.length
                    .unwrap_or(trak.duration.saturating_sub(edit.start))
            })
            .fold(0, u64::saturating_add);
        let edited = played as f64 / f64::from(trak.timescale.max(1));
        [if edits.is_empty() { own } else { edited }, own, whole]
            .into_iter()
            .find(|&seconds| seconds > 0.0)
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
                }
                b"udta" if depth == 0 => {
                    let found = tags::read_track(input, bx)?;
                    (self.title, self.is_secondary) = (found.title, found.is_secondary);
                }
                b"elst" => self.read_edits(input, bx)?,
                b"stsd" if self.is_audio => self.entry = Some(entry::read(input, bx)?),
                b"stts" => self.times = Some(bx),
                b"stsc" => self.chunks = Some(bx),
                b"stsz" => self.sizes = Some(bx),
                b"stco" | b"co64" => self.offsets = Some(bx),
                _ => {}
            }
        }
        Ok(())
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

    fn read_edits(&mut self, input: &mut Input, bx: Bx) -> Result<()> {
        let fields: [u8; 8] = input.array()?;
        let wide = fields[0] == 1;
        let size: u64 = if wide { 20 } else { 12 };
        let room = bx.len().saturating_sub(8) / size;
        for _ in 0..u64::from(be32(&fields, 4)).min(room).min(MAX_EDITS) {
            let (length, start) = if wide {
                let edit: [u8; 20] = input.array()?;
                (be64(&edit, 0), be64(&edit, 8).cast_signed())
            } else {
                let edit: [u8; 12] = input.array()?;
                let start = be32(&edit, 4).cast_signed();
                (u64::from(be32(&edit, 0)), i64::from(start))
            };
            let start = u64::try_from(start).ok();
            self.edits.push(RawEdit { length, start });
        }
        Ok(())
    }
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
