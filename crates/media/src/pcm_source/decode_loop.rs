//! Decodes packets to blocks in the output format.

use tonearm_media_core::{FileError, ReadStep, Undecodable};

use super::concealment::{MAX_EMPTY, MAX_LOST};
use super::{NO_AUDIO, PcmSource};
use crate::output::Output;
use crate::pcm::resample::choose_rate;
use crate::timeline::Timeline;
use tonearm_decode as decode;

/// Most demuxer steps per call.
const STEPS: usize = 256;

impl PcmSource {
    /// Decodes up to the first audio, which determines the output format.
    pub(super) fn begin(&mut self) -> Result<(), FileError> {
        loop {
            self.counter.add_step()?;
            match self.reader.next(&mut self.packet)? {
                ReadStep::Busy => {}
                ReadStep::NewTrack => self.change_track()?,
                ReadStep::End => return Err(NO_AUDIO),
                ReadStep::Packet => match self.decoder.decode(&self.packet, &mut self.pcm) {
                    Ok(()) if self.pcm.samples.is_empty() => {
                        self.timeline.skip(&self.packet, self.pcm.rate);
                    }
                    Ok(()) => break,
                    Err(Undecodable) if self.losses.before_first.0 >= MAX_LOST => {
                        return Err(NO_AUDIO);
                    }
                    Err(Undecodable) => {
                        let (count, ticks) = &mut self.losses.before_first;
                        *count += 1;
                        *ticks = ticks.saturating_add(self.packet.ticks);
                    }
                },
            }
        }
        let (rate, channels) = (self.pcm.rate, self.pcm.positions.len());
        if rate == 0 || channels == 0 {
            return Err(NO_AUDIO);
        }
        self.info.sample_rate = rate;
        self.info.channels = u16::try_from(channels).unwrap_or(u16::MAX);
        self.info.output_rate = choose_rate(rate, &self.target.sample_rates);
        self.info.output_channels = match (channels, self.target.max_channels) {
            (1, _) | (_, 0 | 1) => 1,
            _ if self.selection.mono => 1,
            _ => 2,
        };
        let output_channels = usize::from(self.info.output_channels);
        let gain = self.selection.gain.unwrap_or(1.0);
        self.output = Output::new(self.info.output_rate, output_channels, self.range(), gain);
        self.frame_length = self.pcm.frames() as u64;
        self.conceal_start()?;
        self.accept()
    }

    /// Decodes until a block is ready, the source ends, or the steps of a call are used up.
    pub(super) fn work(&mut self) -> Result<(), FileError> {
        for _ in 0..STEPS {
            self.counter.add_step()?;
            match self.reader.next(&mut self.packet) {
                Ok(ReadStep::Packet) => {
                    self.losses.empty_packets = match self.packet.data.is_empty() {
                        true => self.losses.empty_packets + 1,
                        false => 0,
                    };
                    if self.losses.empty_packets > MAX_EMPTY {
                        self.is_truncated = true;
                        return self.end();
                    }
                    self.decode()?;
                    if self.output.ready() > 0 {
                        break;
                    }
                }
                Ok(ReadStep::Busy) => {}
                Ok(ReadStep::NewTrack) => self.change_track()?,
                Ok(ReadStep::End) => return self.end(),
                Err(FileError::Damaged { .. }) => {
                    self.is_truncated = true;
                    return self.end();
                }
                Err(error) => return Err(error),
            }
        }
        self.fraction = self.fraction.max(self.reader.fraction());
        Ok(())
    }

    fn decode(&mut self) -> Result<(), FileError> {
        match self.decoder.decode(&self.packet, &mut self.pcm) {
            Ok(()) if self.pcm.samples.is_empty() => {
                self.timeline.skip(&self.packet, self.pcm.rate);
                return Ok(());
            }
            Ok(()) => self.frame_length = self.pcm.frames() as u64,
            Err(Undecodable) => self.conceal_packet(),
        }
        self.accept()
    }

    /// Counts, trims and outputs the decoded packet.
    pub(super) fn accept(&mut self) -> Result<(), FileError> {
        let (rate, channels) = (self.pcm.rate, self.pcm.positions.len());
        let frames = self.pcm.frames() as u64;
        self.counter.add(frames, rate, channels)?;
        let played = self.timeline.keep(&self.packet, frames, rate);
        self.output.push(&self.pcm, played)
    }

    /// Continues a chained stream with its next track: a new decoder, the same output.
    fn change_track(&mut self) -> Result<(), FileError> {
        let track = self.reader.track();
        self.decoder = decode::open(track, self.file.plugin())?;
        self.timeline = Timeline::new(track);
        Ok(())
    }

    fn end(&mut self) -> Result<(), FileError> {
        self.is_ended = true;
        self.output.finish()
    }
}
