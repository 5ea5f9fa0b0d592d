//! The seek index of a file: its exact length, and the points at which a decoder can start.
//! It is built without decoding.

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use tonearm_media_core::{FileError, Packet, PacketLength, ReadStep, Track};

use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;
use crate::samples::rescale;
use crate::seek_point::SeekPoint;
use crate::timeline::Timeline;

/// The seek points and length of a file.
pub(crate) struct SeekIndex {
    /// Seek points in ascending order.
    pub(crate) points: Vec<SeekPoint>,
    /// Samples per channel of the selection, at the output rate.
    pub(crate) samples: u64,
}

/// Intended seconds of audio between seek points. A decoder that starts at a point discards
/// about this much at most.
const INTERVAL: u64 = 2;
/// Most seconds between seek points, beyond which discarding audio costs too much.
const MAX_INTERVAL: u64 = 15 * INTERVAL;
/// Demuxer steps between calls of `progress`.
const STEPS: u64 = 256;

impl PcmSource {
    /// Reads the whole file, and then restarts the source. Returns `None` where neither
    /// container nor codec states the samples of a packet, or where seek points are too
    /// rare.
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
        let index = self.build_index(progress)?;
        self.restart()?;
        Ok(index)
    }

    fn build_index(
        &mut self,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<SeekIndex>> {
        let gaps = self.gaps_option();
        let reader = &mut self.reader;
        let mut timeline = Timeline::new(reader.track(), gaps);
        let mut counter = self.counter.restarted();
        let rate = self.info.sample_rate;
        let channels = usize::from(self.info.channels);
        let interval = INTERVAL * u64::from(rate);
        let mut packet = Packet::default();
        // `heard` counts the played samples without silence in gaps, which costs little.
        let (mut played, mut heard, mut steps) = (0, 0, 0u64);
        let mut held = self.held_packets;
        let mut points = Vec::<SeekPoint>::new();
        let mut heard_at = Vec::<u64>::new();
        loop {
            let is_due = heard_at.last().is_none_or(|&last| heard >= last + interval);
            if is_due
                && let Some(position) = reader.position()
                && let Some(point) = timeline.seek_point(position, played, rate)
            {
                points.push(point);
                heard_at.push(heard);
            }
            steps += 1;
            if steps.is_multiple_of(STEPS) && progress().is_break() {
                return Err(MediaError::Stopped);
            }
            counter.add_step()?;
            let is_end = match reader.skip_packet(&mut packet) {
                Ok(ReadStep::Packet) => {
                    let length = length(reader.track(), &packet, self.frame_length, channels, rate);
                    let Some(length) = length else {
                        return Ok(None);
                    };
                    counter.add(length, rate, channels)?;
                    if held > 0 {
                        held -= 1;
                        timeline.skip(&packet, rate);
                    } else {
                        timeline.push(&packet, length, rate);
                    }
                    false
                }
                Ok(ReadStep::Busy) => false,
                Ok(ReadStep::NewTrack) => return Ok(None),
                Ok(ReadStep::End) | Err(FileError::Damaged { .. }) => true,
                Err(error) => return Err(error.into()),
            };
            while let Some(place) = timeline.place(is_end) {
                counter.add(place.silence, rate, channels)?;
                heard += place.to - place.from;
                played += place.silence + place.to - place.from;
            }
            if is_end {
                break;
            }
        }
        let ends = heard_at.into_iter().chain([heard]);
        let mut gaps = ends.scan(0, |last, at| Some(at - std::mem::replace(last, at)));
        if points.is_empty() || gaps.any(|gap| gap > MAX_INTERVAL * u64::from(rate)) {
            return Ok(None);
        }
        let total = rescale(played, rate, self.info.output_rate);
        let (start, end) = self.range();
        Ok(Some(SeekIndex {
            points,
            samples: total.min(end).saturating_sub(start),
        }))
    }
}

impl PcmSource {
    /// Samples per channel of a packet, without decoding it.
    pub(crate) fn packet_length(&self, packet: &Packet) -> Option<u64> {
        let channels = usize::from(self.info.channels);
        let track = self.reader.track();
        length(
            track,
            packet,
            self.frame_length,
            channels,
            self.info.sample_rate,
        )
    }
}

/// Samples per channel of a packet, without decoding it. `constant` is the length of a
/// decoded packet.
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
            // The first packet of Vorbis has no samples.
            let is_length = packet.ticks > 0 || !packet.data.is_empty();
            Some(packet.ticks).filter(|_| is_stated && is_length)
        }
    }
}
