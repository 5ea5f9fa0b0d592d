//! A track whose packets a [`Framer`] cuts out of the pieces that a container
//! yields.

use tonearm_media_core::{Demuxer, FileError, Packet, ReadStep, Result, Track};

use crate::frame::Format;
use crate::framer::{Framer, Framing};
use tonearm_media_core::fraction_of;

/// The container's side of it.
pub trait ElementarySource: Send {
    /// Passes the next bytes of the track on, or passes over a bounded amount of
    /// other data; false at the end. `Damaged` where the file was cut off, which
    /// is an end too.
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool>;

    /// Goes back to the start.
    fn rewind(&mut self);

    /// Where to read on for the frame that `framer` finds next, as if nothing had
    /// been read before; `None` where this is no such place. Not asked at the start.
    fn position(&self, _framer: &Framer) -> Option<u64> {
        None
    }

    /// Reads on from such a place.
    fn seek(&mut self, _place: u64) {}

    /// Whether there were packets that only a key opens.
    fn is_protected(&self) -> bool {
        false
    }

    /// How far it has come, and how far there is to go, in bytes.
    fn progress(&self) -> (u64, u64);
}

/// The track as a demuxer.
pub struct FramedDemuxer<P> {
    pieces: P,
    framer: Framer,
    track: Track,
    format: Option<Format>,
    is_end: bool,
    is_cut: bool,
}

/// The mark of the start, where no container has sound.
const START: u64 = 0;
/// Pieces that are looked at for the first frame at most.
const MAX_PROBE: u32 = 4096;

impl<P: ElementarySource + 'static> FramedDemuxer<P> {
    /// Opens a track. Where its frames describe themselves, it is completed by
    /// the first of them.
    pub fn open(pieces: P, kind: Framing, track: Track) -> Result<Box<dyn Demuxer>> {
        Self::build(pieces, kind, track).map(|stream| Box::new(stream) as Box<dyn Demuxer>)
    }

    fn build(pieces: P, kind: Framing, track: Track) -> Result<Self> {
        let is_described = matches!(kind, Framing::Blocks { .. } | Framing::Whole { .. });
        let mut stream = Self {
            pieces,
            framer: Framer::new(kind),
            track,
            format: None,
            is_end: false,
            is_cut: false,
        };
        if !is_described {
            stream.probe()?;
            stream.seek(START)?;
        }
        Ok(stream)
    }

    /// Reads up to the first frame.
    fn probe(&mut self) -> Result<()> {
        for _ in 0..MAX_PROBE {
            if let Some(head) = self.framer.find(self.is_end) {
                self.describe(head.format);
                return Ok(());
            }
            if self.is_end {
                break;
            }
            self.read_on()?;
        }
        if self.pieces.is_protected() {
            return Err(FileError::UnsupportedCodec {
                name: "a copy-protected stream".to_owned(),
            });
        }
        if let Some(name) = self.framer.unsupported() {
            return Err(FileError::UnsupportedCodec {
                name: name.to_owned(),
            });
        }
        Err(FileError::Damaged {
            detail: "no whole frame of its sound was found",
        })
    }

    fn read_on(&mut self) -> Result<()> {
        match self.pieces.read_more(&mut self.framer) {
            Ok(is_more) => self.is_end = !is_more,
            Err(FileError::Damaged { .. }) => (self.is_end, self.is_cut) = (true, true),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn describe(&mut self, format: Option<Format>) {
        if let Some(format) = &format {
            let params = &mut self.track.params;
            params.codec = format.codec;
            params.sample_rate = Some(format.sample_rate);
            if !format.config.is_empty() {
                params.config = format.config.clone();
            }
            if let Some(channels) = &format.channels {
                params.channels = Some(*channels);
            }
            self.track.tick_rate = format.sample_rate;
        }
        self.format = format;
    }
}

impl<P: ElementarySource + 'static> Demuxer for FramedDemuxer<P> {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        if let Some(head) = self.framer.find(self.is_end) {
            if head.format != self.format {
                self.describe(head.format);
                return Ok(ReadStep::NewTrack);
            }
            self.framer.take(&head, packet);
            return Ok(ReadStep::Packet);
        }
        if !self.is_end {
            self.read_on()?;
            return Ok(ReadStep::Busy);
        }
        match self.is_cut {
            true => Err(FileError::Damaged {
                detail: "it ends too early",
            }),
            false => Ok(ReadStep::End),
        }
    }

    fn fraction(&self) -> f32 {
        let (at, len) = self.pieces.progress();
        fraction_of(at, len)
    }

    fn position(&mut self) -> Option<u64> {
        match self.framer.kind() {
            // A frame of it may leave to an earlier one what it is.
            Framing::Latm => None,
            _ if self.framer.is_new() => Some(START),
            _ if self.framer.is_synced() => self.pieces.position(&self.framer),
            _ => None,
        }
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.framer = Framer::new(self.framer.kind().clone());
        if position == START {
            self.pieces.rewind();
        } else {
            self.pieces.seek(position);
            self.framer.assume_synced(self.format.clone());
        }
        (self.is_end, self.is_cut) = (false, false);
        Ok(())
    }
}
