//! The input of a remux: a raw MP3 file, or the packets of a container, which also states
//! the played samples.

use std::collections::VecDeque;

use std::time::Duration;

use crate::opened_file::TrackReader;
use crate::selection::Gaps;
use crate::tag::Part;
use crate::timeline::{Placed, Timeline};
use tonearm_media_core::Input;
use tonearm_media_core::tags::Tags;
use tonearm_media_core::{Codec, FileError, Packet, ReadStep, Result, Track, TrackList};
use tonearm_mp3::Scanner;
use tonearm_mp3::xing::XingInfo;

/// Bytes per read of a raw file.
const READ_SIZE: usize = 64 << 10;
/// Most packets in which the scanner finds no frame.
const MAX_UNCOUNTED: usize = 64;
/// Most demuxer steps per call.
const STEPS: usize = 256;

/// A source of MP3 frames.
#[allow(
    clippy::large_enum_variant,
    reason = "a conversion has one of them; the lint depends on the size of pointers"
)]
pub(crate) enum FrameInput {
    /// A raw MP3 file.
    Raw {
        input: Input,
        /// Offset of the first frame.
        start: u64,
    },
    /// A container.
    Packets {
        reader: Box<TrackReader>,
        packet: Packet,
        /// The packets, without data, that are not yet [counted](FrameInput::count_packets).
        uncounted: Vec<Packet>,
        timeline: Timeline,
        played: Played,
        /// Whether the file ended too early.
        is_truncated: bool,
    },
}

/// The played samples, according to the container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Played {
    /// Samples of the packets without a place yet.
    lengths: VecDeque<u64>,
    /// Samples decoded so far.
    at: u64,
    /// The first played sample.
    pub(crate) from: Option<u64>,
    /// Number of played samples.
    pub(crate) count: u64,
}

impl Played {
    /// Adds a packet; false if silence or a cut separates it from those before.
    fn add(&mut self, place: Placed, length: u64) -> bool {
        if place.from < place.to {
            let begin = self.at + place.from;
            let from = *self.from.get_or_insert(begin);
            if place.silence > 0 || from + self.count != begin {
                return false;
            }
        }
        self.count += place.to - place.from;
        self.at += length;
        true
    }
}

impl FrameInput {
    /// A raw file whose first frame is at `start`.
    pub(crate) fn raw(mut input: Input, start: u64) -> Self {
        input.set_pos(start);
        Self::Raw { input, start }
    }

    /// The packets of a container's track.
    pub(crate) fn packets(reader: TrackReader, gaps: Gaps) -> Self {
        Self::Packets {
            timeline: Timeline::new(reader.track(), gaps),
            reader: Box::new(reader),
            packet: Packet::default(),
            uncounted: Vec::new(),
            played: Played::default(),
            is_truncated: false,
        }
    }

    fn track(&self) -> Option<&Track> {
        match self {
            Self::Raw { .. } => None,
            Self::Packets { reader, .. } => Some(reader.track()),
        }
    }

    /// The audio tracks.
    pub(crate) fn tracks(&self) -> TrackList {
        match self {
            Self::Raw { .. } => TrackList::only(Codec::Mp3),
            Self::Packets { reader, .. } => reader.tracks().clone(),
        }
    }

    /// All of the source, for the tag.
    pub(crate) fn part(&self) -> Part {
        let seconds = self.track().and_then(|track| track.seconds);
        Part {
            length: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            ..Part::default()
        }
    }

    /// The tags of the container.
    pub(crate) fn tags(&self) -> Tags {
        self.track().map_or(Tags::NONE, |track| track.tags.clone())
    }

    /// Pushes more bytes into the scanner; false at the end.
    pub(crate) fn next(&mut self, scanner: &mut Scanner) -> Result<bool> {
        match self {
            Self::Raw { input, .. } => {
                let bytes = input.peek(input.pos(), READ_SIZE)?;
                input.set_pos(input.pos() + bytes.len() as u64);
                scanner.push(&bytes);
                Ok(input.pos() < input.len())
            }
            Self::Packets {
                reader,
                packet,
                uncounted,
                is_truncated,
                ..
            } => {
                for _ in 0..STEPS {
                    match reader.next(packet) {
                        Ok(ReadStep::Packet) => {
                            scanner.push(&packet.data);
                            uncounted.push(Packet {
                                data: Vec::new(),
                                ..*packet
                            });
                            return Ok(true);
                        }
                        Ok(ReadStep::Busy) => {}
                        Ok(ReadStep::NewTrack | ReadStep::End) => return Ok(false),
                        Err(FileError::Damaged { .. }) => {
                            *is_truncated = true;
                            return Ok(false);
                        }
                        Err(error) => return Err(error),
                    }
                }
                Ok(true)
            }
        }
    }

    /// Counts the samples of the frames that were found since the last call; false if the
    /// played samples are not one part of the track, so that they cannot be copied.
    pub(crate) fn count_packets(&mut self, samples: u64, rate: u32, is_last: bool) -> bool {
        let Self::Packets {
            uncounted,
            timeline,
            played,
            ..
        } = self
        else {
            return true;
        };
        if rate == 0 {
            return true;
        }
        // The scanner finds the first frames only when some follow.
        if samples > 0 || uncounted.len() > MAX_UNCOUNTED {
            let count = uncounted.len() as u64;
            let each = samples.checked_div(count).unwrap_or(0);
            for (n, packet) in (1..).zip(uncounted.drain(..)) {
                let length = match n < count {
                    true => each,
                    false => samples - each * (count - 1),
                };
                timeline.push(&packet, length, rate);
                played.lengths.push_back(length);
            }
        }
        while let Some(place) = timeline.place(is_last) {
            let length = played.lengths.pop_front().unwrap_or(0);
            if !played.add(place, length) {
                return false;
            }
        }
        true
    }

    /// The played samples, if there is a container.
    pub(crate) fn played(&self) -> Option<&Played> {
        match self {
            Self::Raw { .. } => None,
            Self::Packets { played, .. } => Some(played),
        }
    }

    /// Whether the file ended too early, according to its container or its Xing frame.
    pub(crate) fn is_truncated(&self, info: &XingInfo) -> bool {
        match self {
            Self::Raw { input, start } => info.is_truncated(input.len() - start),
            Self::Packets { is_truncated, .. } => *is_truncated,
        }
    }

    /// The part that was read, 0 to 1.
    pub(crate) fn fraction(&self) -> f32 {
        match self {
            Self::Raw { input, .. } => (input.pos() as f64 / input.len().max(1) as f64) as f32,
            Self::Packets { reader, .. } => reader.fraction(),
        }
    }
}
