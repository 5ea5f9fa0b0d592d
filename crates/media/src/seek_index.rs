//! A walk through a file without decoding it, which finds its exact length and the
//! points at which a decoder can start in the middle of it.

use std::ops::ControlFlow;

use tonearm_media_core::{FileError, Packet, PacketLength, ReadStep, Track};

use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;
use crate::samples::rescale;
use crate::seek_point::SeekPoint;
use crate::timeline::Timeline;

/// What the walk found.
pub(crate) struct SeekIndex {
    /// Points in ascending order, from the first on.
    pub(crate) points: Vec<SeekPoint>,
    /// Samples per channel of the selection, at the output's rate.
    pub(crate) samples: u64,
}

/// Seconds of audio between two points: the most that a decoder which starts at the
/// point before may have to discard.
const APART: u64 = 2;
/// Seconds between two points at most. A decoder that starts at a point decodes the
/// audio up to the one after it, so greater distances cost too much.
const MOST_APART: u64 = 15 * APART;
/// Steps between two checks of the clock.
const STEPS: u64 = 256;

impl PcmSource {
    /// Walks through the whole file, and then starts the source over. `None` where the
    /// container or the codec does not state how many samples a packet holds, or where
    /// seek points are too rare.
    ///
    /// # Errors
    /// `OverLimit`, `Read`, and `Stopped` where `progress` breaks.
    pub(crate) fn seek_index(
        &mut self,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<SeekIndex>> {
        if !self.reader.is_seekable() {
            return Ok(None);
        }
        self.rewind()?;
        let found = self.walk(progress)?;
        self.restart()?;
        Ok(found)
    }

    fn walk(&mut self, progress: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Option<SeekIndex>> {
        let reader = &mut self.reader;
        let mut timeline = Timeline::new(reader.track());
        let mut counter = self.counter.restarted();
        let rate = self.info.sample_rate;
        let channels = usize::from(self.info.channels);
        let apart = APART * u64::from(rate);
        let mut packet = Packet::default();
        let (mut played, mut steps) = (0, 0u64);
        let mut points = Vec::<SeekPoint>::new();
        loop {
            let (decoded, skip) = timeline.position(rate);
            let is_due = points
                .last()
                .is_none_or(|last| played >= last.played + apart);
            if let Some(position) = reader.position().filter(|_| is_due) {
                points.push(SeekPoint {
                    position,
                    decoded,
                    skip,
                    played,
                });
            }
            steps += 1;
            if steps % STEPS == 0 && progress().is_break() {
                return Err(MediaError::Stopped);
            }
            counter.add_step()?;
            match reader.skip_packet(&mut packet) {
                Ok(ReadStep::Packet) => {
                    let length = length(reader.track(), &packet, self.frame_length, channels, rate);
                    let Some(length) = length else {
                        return Ok(None);
                    };
                    counter.add(length, rate, channels)?;
                    let (from, to) = timeline.keep(&packet, length, rate);
                    played += to - from;
                }
                Ok(ReadStep::Busy) => {}
                Ok(ReadStep::NewTrack) => return Ok(None),
                Ok(ReadStep::End) | Err(FileError::Damaged { .. }) => break,
                Err(error) => return Err(error.into()),
            }
        }
        let ends = points.iter().map(|point| point.played).chain([played]);
        let mut gaps = ends.scan(0, |last, at| Some(at - std::mem::replace(last, at)));
        if points.is_empty() || gaps.any(|gap| gap > MOST_APART * u64::from(rate)) {
            return Ok(None);
        }
        let whole = rescale(played, rate, self.info.output_rate);
        let (start, end) = self.range();
        Ok(Some(SeekIndex {
            points,
            samples: whole.min(end).saturating_sub(start),
        }))
    }
}

/// Samples per channel that a packet decodes to, without decoding it. `constant` is
/// the length of a packet that was decoded.
fn length(
    track: &Track,
    packet: &Packet,
    constant: u64,
    channels: usize,
    rate: u32,
) -> Option<u64> {
    match track.params.codec.packet_length() {
        PacketLength::Constant => Some(constant).filter(|&length| length > 0),
        PacketLength::Header(length) if !packet.data.is_empty() => length(&packet.data),
        PacketLength::Pcm { bytes } if !packet.data.is_empty() => {
            (packet.data.len() as u64).checked_div(bytes * channels as u64)
        }
        _ => {
            let is_stated = track.has_exact_ticks && track.tick_rate == rate;
            Some(packet.ticks).filter(|&ticks| is_stated && ticks > 0)
        }
    }
}
