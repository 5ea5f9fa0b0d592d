//! A track whose packets a [`Framer`] cuts out of the pieces that a container
//! yields.

use super::framer::{Framer, Kind};
use super::heads::Format;
use super::{Demuxer, Packet, Step, Track, fraction_of};
use crate::error::{MediaError, Result};

/// The container's side of it.
pub(super) trait Pieces: Send {
    /// Passes the next bytes of the track on, or passes over a bounded amount of
    /// other data; false at the end. `Damaged` where the file was cut off, which
    /// is an end too.
    fn more(&mut self, framer: &mut Framer) -> Result<bool>;

    /// Goes back to the start.
    fn rewind(&mut self);

    /// Where to read on for the frame that `framer` finds next, as if nothing had
    /// been read before; `None` where this is no such place. Not asked at the start.
    fn place(&self, _framer: &Framer) -> Option<u64> {
        None
    }

    /// Reads on from such a place.
    fn go_to(&mut self, _place: u64) {}

    /// Whether there were packets that only a key opens.
    fn is_protected(&self) -> bool {
        false
    }

    /// How far it has come, and how far there is to go, in bytes.
    fn progress(&self) -> (u64, u64);
}

/// The track as a demuxer.
pub(super) struct Stream<P> {
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

impl<P: Pieces + 'static> Stream<P> {
    /// Opens a track. Where its frames describe themselves, it is completed by
    /// the first of them.
    pub(super) fn open(pieces: P, kind: Kind, track: Track) -> Result<Box<dyn Demuxer>> {
        Self::build(pieces, kind, track).map(|stream| Box::new(stream) as Box<dyn Demuxer>)
    }

    fn build(pieces: P, kind: Kind, track: Track) -> Result<Self> {
        let is_described = matches!(kind, Kind::Blocks { .. } | Kind::Pieces { .. });
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
            stream.resume(START)?;
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
            return Err(MediaError::UnsupportedCodec {
                name: "a copy-protected stream".to_owned(),
            });
        }
        if let Some(name) = self.framer.unread() {
            return Err(MediaError::UnsupportedCodec {
                name: name.to_owned(),
            });
        }
        Err(MediaError::Damaged {
            detail: "no whole frame of its sound was found",
        })
    }

    fn read_on(&mut self) -> Result<()> {
        match self.pieces.more(&mut self.framer) {
            Ok(is_more) => self.is_end = !is_more,
            Err(MediaError::Damaged { .. }) => (self.is_end, self.is_cut) = (true, true),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn describe(&mut self, format: Option<Format>) {
        if let Some(format) = &format {
            let params = &mut self.track.params;
            params.for_codec(format.codec);
            params.with_sample_rate(format.sample_rate);
            if !format.config.is_empty() {
                params.with_extra_data(format.config.clone().into());
            }
            if let Some(channels) = &format.channels {
                params.with_channels(channels.clone());
            }
            self.track.tick_rate = format.sample_rate;
        }
        self.format = format;
    }
}

impl<P: Pieces + 'static> Demuxer for Stream<P> {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<Step> {
        if let Some(head) = self.framer.find(self.is_end) {
            if head.format != self.format {
                self.describe(head.format);
                return Ok(Step::NewTrack);
            }
            self.framer.take(&head, packet);
            return Ok(Step::Packet);
        }
        if !self.is_end {
            self.read_on()?;
            return Ok(Step::Busy);
        }
        match self.is_cut {
            true => Err(MediaError::Damaged {
                detail: "it ends too early",
            }),
            false => Ok(Step::End),
        }
    }

    fn fraction(&self) -> f32 {
        let (at, len) = self.pieces.progress();
        fraction_of(at, len)
    }

    fn mark(&mut self) -> Option<u64> {
        match self.framer.kind() {
            // A frame of it may leave to an earlier one what it is.
            Kind::Latm => None,
            _ if self.framer.is_new() => Some(START),
            _ if self.framer.is_in_step() => self.pieces.place(&self.framer),
            _ => None,
        }
    }

    fn resume(&mut self, mark: u64) -> Result<()> {
        self.framer = Framer::new(self.framer.kind().clone());
        if mark == START {
            self.pieces.rewind();
        } else {
            self.pieces.go_to(mark);
            self.framer.step_in(self.format.clone());
        }
        (self.is_end, self.is_cut) = (false, false);
        Ok(())
    }
}
