//! Decoded audio on its way to the output: what waits for its place in time, and the
//! silence between.

use std::collections::VecDeque;

use tonearm_media_core::{ChannelPosition, FileError, Pcm, SampleLayout};

use super::PcmSource;
use crate::samples::rescale;
use crate::timeline::Placed;

/// Samples per channel of silence that are output at once.
const CHUNK: u64 = 4096;

/// What a packet became.
pub(super) enum Sound {
    Decoded(Pcm),
    /// Silence in place of audio that cannot be decoded.
    Lost(Format),
}

/// Sample rate in Hz and channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Format {
    rate: u32,
    positions: Vec<ChannelPosition>,
}

/// A part of the output.
enum Piece {
    Audio { pcm: Pcm, range: (u64, u64) },
    Silence { format: Format, left: u64, why: Why },
}

/// Why there is silence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The audio starts late.
    LeadIn,
    Gap,
    /// The audio cannot be decoded.
    Lost,
}

/// Audio that was decoded but not output.
#[derive(Default)]
pub(super) struct SoundQueue {
    /// Packets without a place yet, in the timeline's order.
    held: VecDeque<Sound>,
    placed: VecDeque<Piece>,
    /// Samples per channel of output at the source's rate.
    pub(super) played: u64,
}

impl Format {
    fn of(pcm: &Pcm) -> Self {
        Self {
            rate: pcm.rate,
            positions: pcm.positions.clone(),
        }
    }
}

impl SoundQueue {
    /// An empty queue after `played` samples per channel.
    pub(super) fn at(played: u64) -> Self {
        Self {
            played,
            ..Self::default()
        }
    }

    fn place(&mut self, sound: Sound, place: Placed) {
        if place.silence > 0 {
            let format = match &sound {
                Sound::Decoded(pcm) => Format::of(pcm),
                Sound::Lost(format) => format.clone(),
            };
            let why = match self.played == 0 && self.placed.is_empty() {
                true => Why::LeadIn,
                false => Why::Gap,
            };
            self.placed.push_back(Piece::Silence {
                format,
                left: place.silence,
                why,
            });
        }
        if place.from == place.to {
            return;
        }
        self.placed.push_back(match sound {
            Sound::Decoded(pcm) => Piece::Audio {
                pcm,
                range: (place.from, place.to),
            },
            Sound::Lost(format) => Piece::Silence {
                format,
                left: place.to - place.from,
                why: Why::Lost,
            },
        });
    }
}

impl PcmSource {
    /// Adds the decoded packet.
    pub(super) fn accept(&mut self) -> Result<(), FileError> {
        let (rate, channels) = (self.pcm.rate, self.pcm.positions.len());
        let frames = self.pcm.frames() as u64;
        self.counter.add(frames, rate, channels)?;
        self.timeline.push(&self.packet, frames, rate);
        // The usual case: the audio needs no copy.
        if self.queue.held.is_empty() {
            match self.timeline.place(false) {
                Some(place) if place.silence == 0 && self.queue.placed.is_empty() => {
                    self.queue.played += place.to - place.from;
                    return self.output.push(&self.pcm, (place.from, place.to));
                }
                Some(place) => {
                    let pcm = self.take_pcm();
                    self.queue.place(Sound::Decoded(pcm), place);
                    return Ok(());
                }
                None => {}
            }
        }
        let pcm = self.take_pcm();
        self.hold(Sound::Decoded(pcm));
        Ok(())
    }

    /// Adds silence in place of the packet, `frames` samples per channel.
    pub(super) fn accept_lost(&mut self, frames: u64) {
        // The audio is counted when it is output.
        self.timeline.push(&self.packet, frames, self.pcm.rate);
        let format = Format::of(&self.pcm);
        self.hold(Sound::Lost(format));
    }

    fn hold(&mut self, sound: Sound) {
        self.queue.held.push_back(sound);
        self.place_held(false);
    }

    /// Places what has a place. `is_last` states that no more packets follow.
    pub(super) fn place_held(&mut self, is_last: bool) {
        while !self.queue.held.is_empty() {
            let Some(place) = self.timeline.place(is_last) else {
                break;
            };
            if let Some(sound) = self.queue.held.pop_front() {
                self.queue.place(sound, place);
            }
        }
    }

    /// Outputs a piece of the queue, or a part of it; false if there is none.
    pub(super) fn output_queued(&mut self) -> Result<bool, FileError> {
        let Some(piece) = self.queue.placed.pop_front() else {
            return Ok(false);
        };
        match piece {
            Piece::Audio { pcm, range } => {
                self.queue.played += range.1 - range.0;
                self.output.push(&pcm, range)?;
            }
            Piece::Silence { format, left, why } => {
                let count = left.min(CHUNK);
                let channels = format.positions.len();
                self.counter.add(count, format.rate, channels)?;
                self.count_silence(count, format.rate, why);
                // `CHUNK` bounds the size.
                let samples = vec![0.0; count as usize * channels];
                let silence = Pcm {
                    samples,
                    layout: SampleLayout::Interleaved,
                    rate: format.rate,
                    positions: format.positions.clone(),
                };
                self.output.push(&silence, (0, count))?;
                if left > count {
                    self.queue.placed.push_front(Piece::Silence {
                        format,
                        left: left - count,
                        why,
                    });
                }
            }
        }
        Ok(true)
    }

    /// Counts silence that lies in the counted part of the output.
    fn count_silence(&mut self, count: u64, rate: u32, why: Why) {
        let begin = self.queue.played;
        self.queue.played += count;
        let at = |samples| rescale(samples, rate, self.info.output_rate);
        let (from, to) = self.counted;
        let begin = at(begin).max(from);
        let end = at(self.queue.played).min(to);
        let counted = end.saturating_sub(begin);
        match why {
            Why::LeadIn => {}
            Why::Gap => self.losses.gaps += counted,
            Why::Lost => self.losses.lost += counted,
        }
    }

    /// Takes the decoded packet and keeps its format.
    fn take_pcm(&mut self) -> Pcm {
        let next = Pcm {
            samples: Vec::new(),
            layout: self.pcm.layout,
            rate: self.pcm.rate,
            positions: self.pcm.positions.clone(),
        };
        std::mem::replace(&mut self.pcm, next)
    }
}
