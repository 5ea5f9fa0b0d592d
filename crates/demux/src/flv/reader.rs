//! Reads the audio tags of a file.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::ElementarySource;
use tonearm_media_core::{Codec, FileError, Input, Packet, Result};

use super::header::{self, MAX_HEADER};
use super::tag::{self, AUDIO, HEADER, Proof, Tag, tag};
use crate::mp3_delay;
use crate::resync::{MAX_TRAILER, MAX_WINDOW, MIN_WINDOW, Search};

/// Maximum number of tags per call.
const STEP: usize = 64;
/// Nanoseconds per millisecond.
const MILLISECOND: i64 = 1_000_000;
const TRUNCATED: FileError = FileError::Damaged {
    detail: "an FLV file that was cut off",
};

/// The audio tags of a file.
pub(super) struct AudioTags {
    input: Input,
    codec: Option<Codec>,
    /// Timestamp of the beginning.
    origin: u32,
    start: u64,
    at: u64,
    lost: Option<Lost>,
    is_truncated: bool,
}

/// The search for the next tag after damage.
struct Lost {
    start: u64,
    window: usize,
    /// The tag before the damage, which is good if none begins within it.
    suspect: Option<Tag>,
    /// A tag ended after the file.
    is_cut: bool,
}

impl AudioTags {
    pub(super) fn new(input: Input, start: u64, codec: Option<Codec>, origin: u32) -> Self {
        Self {
            input,
            codec,
            origin,
            start,
            at: start,
            lost: None,
            is_truncated: false,
        }
    }

    fn lose(&mut self, at: u64, suspect: Option<Tag>, is_cut: bool) {
        self.at = at;
        self.lost = Some(Lost {
            start: at,
            window: MIN_WINDOW,
            suspect,
            is_cut,
        });
    }

    /// Continues the search for the next tag.
    fn search(&mut self, framer: &mut Framer) -> Result<()> {
        let Some(lost) = &mut self.lost else {
            return Ok(());
        };
        let suspect_end = lost.suspect.map(|suspect| suspect.end);
        let is_confirmed = suspect_end.is_some_and(|end| self.at >= end);
        if let Some(suspect) = lost.suspect.take_if(|_| is_confirmed) {
            self.push(&suspect, framer)?;
            return Ok(());
        }
        let left = suspect_end.map_or(u64::MAX, |end| end - self.at);
        let window = lost.window.min(usize::try_from(left).unwrap_or(usize::MAX));
        lost.window = (lost.window * 2).min(MAX_WINDOW);
        match tag::search(&mut self.input, self.at, window)? {
            Search::Found(at) => {
                self.at = at;
                self.lost = None;
                framer.discontinuity();
            }
            Search::NotBefore(at) if at < self.input.len() => self.at = at,
            Search::NotBefore(at) => {
                self.at = at;
                let is_lost = at.saturating_sub(lost.start) > MAX_TRAILER;
                self.is_truncated |= lost.is_cut || is_lost;
                if lost.suspect.is_none() {
                    self.lost = None;
                }
            }
        }
        Ok(())
    }

    /// Pushes the audio of a tag; false if it has none of the selected track.
    fn push(&mut self, tag: &Tag, framer: &mut Framer) -> Result<bool> {
        if tag.kind != AUDIO || tag.end == tag.body {
            return Ok(false);
        }
        let Some(header) = header::parse(&self.input.peek(tag.body, MAX_HEADER)?) else {
            return Ok(false);
        };
        let is_selected = header.codec.ok() == self.codec;
        if !is_selected || header.is_config || header.is_empty {
            return Ok(false);
        }
        let data = tag.body + header.length;
        let mut bytes = Vec::new();
        self.input.set_pos(data);
        let length = tag.end.saturating_sub(data).min(Packet::MAX_BYTES);
        self.input.fill_vec(&mut bytes, length)?;
        let milliseconds = tag.milliseconds_from(self.origin);
        framer.set_time(milliseconds.saturating_mul(MILLISECOND));
        framer.push(&bytes);
        Ok(true)
    }

    /// Reads one tag; whether it has audio.
    fn step(&mut self, framer: &mut Framer) -> Result<bool> {
        let start = self.at;
        let Some(tag) = tag(&mut self.input, start)? else {
            self.lose(start + 1, None, false);
            return Ok(true);
        };
        let has_audio = match tag::proof(&mut self.input, &tag)? {
            Proof::Sure | Proof::Likely => {
                self.at = tag.next();
                self.push(&tag, framer)?
            }
            Proof::Cut => {
                self.lose(start + 1, None, true);
                true
            }
            Proof::None => {
                let suspect = Some(tag).filter(|tag| tag.kind == AUDIO);
                self.lose(start + 1, suspect, false);
                true
            }
        };
        Ok(has_audio)
    }
}

impl ElementarySource for AudioTags {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.lost.is_some() {
            self.search(framer)?;
            return Ok(true);
        }
        for _ in 0..STEP {
            match self.input.len().saturating_sub(self.at) {
                0 if self.is_truncated => return Err(TRUNCATED),
                0 => return Ok(false),
                1..HEADER => return Err(TRUNCATED),
                _ => {}
            }
            if self.step(framer)? {
                return Ok(true);
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn encoder_delay(&self, first: &[u8]) -> u64 {
        mp3_delay::of_first_frame(first)
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        (framer.left() == 0 && self.lost.is_none()).then_some(self.at)
    }

    fn seek(&mut self, position: u64) {
        (self.at, self.lost, self.is_truncated) = (position, None, false);
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }
}
