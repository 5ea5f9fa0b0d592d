//! What a copied MP3 is read from: a bare file, or the packets of a container, which
//! tells what of it is to be played.

use crate::opened_file::TrackReader;
use crate::timeline::Timeline;
use tonearm_media_core::Input;
use tonearm_media_core::tags::Tags;
use tonearm_media_core::{FileError, Packet, ReadStep, Result, Track};
use tonearm_mp3::Scanner;
use tonearm_mp3::xing::XingInfo;

/// Bytes of a bare file that are read at a time.
const PIECE: usize = 64 << 10;
/// Steps of a reader between two looks at the clock.
const STEPS: usize = 256;

/// Where MP3 comes from.
pub(crate) enum FrameInput {
    /// A bare file.
    Bare {
        input: Input,
        /// Where its first frame is.
        start: u64,
    },
    /// A container.
    Packets {
        reader: Box<TrackReader>,
        packet: Packet,
        /// A packet is waiting to be [kept](FrameInput::keep).
        is_new: bool,
        timeline: Timeline,
        played: Played,
        /// It ended too early.
        is_cut: bool,
    },
}

/// What of the frames is to be played, by the container's word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Played {
    /// Samples that went by.
    at: u64,
    /// The first that is to be played.
    pub(crate) from: Option<u64>,
    /// How many are.
    pub(crate) count: u64,
}

impl FrameInput {
    /// A file whose first frame is at `start`.
    pub(crate) fn bare(mut input: Input, start: u64) -> Self {
        input.set_pos(start);
        Self::Bare { input, start }
    }

    /// The packets of a container's track.
    pub(crate) fn packets(reader: TrackReader) -> Self {
        Self::Packets {
            timeline: Timeline::new(reader.track()),
            reader: Box::new(reader),
            packet: Packet::default(),
            is_new: false,
            played: Played::default(),
            is_cut: false,
        }
    }

    fn track(&self) -> Option<&Track> {
        match self {
            Self::Bare { .. } => None,
            Self::Packets { reader, .. } => Some(reader.track()),
        }
    }

    /// What the container says of the sound.
    pub(crate) fn tags(&self) -> Tags {
        self.track().map_or(Tags::NONE, |track| track.tags.clone())
    }

    /// Gives the scanner more bytes; false at the end.
    pub(crate) fn next(&mut self, scanner: &mut Scanner) -> Result<bool> {
        match self {
            Self::Bare { input, .. } => {
                let bytes = input.peek(input.pos(), PIECE)?;
                input.set_pos(input.pos() + bytes.len() as u64);
                scanner.push(&bytes);
                Ok(input.pos() < input.len())
            }
            Self::Packets {
                reader,
                packet,
                is_new,
                is_cut,
                ..
            } => {
                for _ in 0..STEPS {
                    match reader.next(packet) {
                        Ok(ReadStep::Packet) => {
                            scanner.push(&packet.data);
                            *is_new = true;
                            return Ok(true);
                        }
                        Ok(ReadStep::Busy) => {}
                        Ok(ReadStep::NewTrack | ReadStep::End) => return Ok(false),
                        Err(FileError::Damaged { .. }) => {
                            *is_cut = true;
                            return Ok(false);
                        }
                        Err(error) => return Err(error),
                    }
                }
                Ok(true)
            }
        }
    }

    /// The packet held frames of so many samples.
    pub(crate) fn keep(&mut self, samples: u64, rate: u32) {
        if let Self::Packets {
            packet,
            is_new,
            timeline,
            played,
            ..
        } = self
            && std::mem::take(is_new)
            && rate > 0
        {
            let (from, to) = timeline.keep(packet, samples, rate);
            if from < to {
                played.from.get_or_insert(played.at + from);
            }
            played.count += to - from;
            played.at += samples;
        }
    }

    /// What of it is to be played, where a container tells.
    pub(crate) fn played(&self) -> Option<Played> {
        match self {
            Self::Bare { .. } => None,
            Self::Packets { played, .. } => Some(*played),
        }
    }

    /// Whether the file ended too early, by its container's word or its first frame's.
    pub(crate) fn is_cut(&self, info: &XingInfo) -> bool {
        match self {
            Self::Bare { input, start } => info.is_truncated(input.len() - start),
            Self::Packets { is_cut, .. } => *is_cut,
        }
    }

    /// How much of it is done, 0 to 1.
    pub(crate) fn fraction(&self) -> f32 {
        match self {
            Self::Bare { input, .. } => (input.pos() as f64 / input.len().max(1) as f64) as f32,
            Self::Packets { reader, .. } => reader.fraction(),
        }
    }
}
