//! Decodes packets to blocks in the output format.

use tonearm_media_core::{FileError, Packet, ReadStep, Undecodable};

use super::concealment::{MAX_EMPTY, MAX_LOST};
use super::{NO_AUDIO, PcmSource};
use crate::output::Output;
use crate::pcm::resample::choose_rate;
use tonearm_decode as decode;

/// Most demuxer steps per call.
const STEPS: usize = 256;
/// Most times that a decoder is asked for the samples that it holds: it holds a few packets.
const MAX_FLUSHES: usize = 64;

impl PcmSource {
    /// Decodes up to the first audio, which determines the output format.
    pub(super) fn begin(&mut self) -> Result<(), FileError> {
        loop {
            self.counter.add_step()?;
            match self.reader.next(&mut self.packet) {
                Ok(ReadStep::Busy) => {}
                Ok(ReadStep::NewTrack) => self.change_track()?,
                Ok(ReadStep::Packet) => match self.decoder.decode(&self.packet, &mut self.pcm) {
                    Ok(()) if self.pcm.samples.is_empty() => {
                        self.timeline.skip(&self.packet, self.pcm.rate);
                        self.held_packets += 1;
                    }
                    Ok(()) => break,
                    Err(Undecodable) if let Some(error) = self.decoder.refusal() => {
                        return Err(error);
                    }
                    Err(Undecodable) if self.losses.before_first.count >= MAX_LOST => {
                        return Err(NO_AUDIO);
                    }
                    Err(Undecodable) => self.lose_first(),
                },
                Ok(ReadStep::End) => match self.take_held() {
                    true => break,
                    false => return Err(NO_AUDIO),
                },
                Err(error @ FileError::Damaged { .. }) => match self.take_held() {
                    true => break,
                    false => return Err(error),
                },
                Err(error) => return Err(error),
            }
        }
        let (rate, channels) = (self.pcm.rate, self.pcm.positions.len());
        if rate == 0 || channels == 0 {
            return Err(NO_AUDIO);
        }
        self.info.sample_rate = rate;
        self.info.channels = u16::try_from(channels).unwrap_or(u16::MAX);
        self.info.findings.set_channels(self.info.channels);
        self.info.output_rate = choose_rate(rate, &self.target.sample_rates);
        self.info.output_channels = match (channels, self.target.max_channels) {
            (1, _) | (_, 0 | 1) => 1,
            _ if self.selection.mono => 1,
            _ => 2,
        };
        let output_channels = usize::from(self.info.output_channels);
        let gain = self.selection.gain.unwrap_or(1.0);
        self.output = Output::new(self.info.output_rate, output_channels, self.range(), gain);
        self.counted = self.range();
        self.frame_length = self.pcm.frames() as u64;
        self.conceal_start()?;
        self.accept()
    }

    /// Takes the first samples from the decoder of a file that is so short that it holds all
    /// of them back; false if there are none.
    fn take_held(&mut self) -> bool {
        self.packet = Packet::default();
        let outcome = self.decoder.flush(&mut self.pcm);
        outcome.is_ok() && !self.pcm.samples.is_empty()
    }

    /// Decodes until a block is ready, the source ends, or the steps of a call are used up.
    pub(super) fn work(&mut self) -> Result<(), FileError> {
        for _ in 0..STEPS {
            if self.output_queued()? {
                if self.output.ready() > 0 || self.output.is_over() {
                    break;
                }
                continue;
            }
            if self.is_read {
                self.is_ended = true;
                return self.output.finish();
            }
            self.counter.add_step()?;
            match self.reader.next(&mut self.packet) {
                Ok(ReadStep::Packet) => {
                    self.losses.empty_packets = match self.packet.data.is_empty() {
                        true => self.losses.empty_packets + 1,
                        false => 0,
                    };
                    if self.losses.empty_packets > MAX_EMPTY {
                        self.is_truncated = true;
                        self.end()?;
                        continue;
                    }
                    self.decode()?;
                    if self.output.ready() > 0 {
                        break;
                    }
                }
                Ok(ReadStep::Busy) => {}
                Ok(ReadStep::NewTrack) => self.change_track()?,
                Ok(ReadStep::End) => self.end()?,
                Err(FileError::Damaged { .. }) => {
                    self.is_truncated = true;
                    self.end()?;
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
                self.accept_nothing();
                Ok(())
            }
            Ok(()) => {
                self.is_resuming = false;
                self.frame_length = self.pcm.frames() as u64;
                self.accept()
            }
            Err(Undecodable) => {
                self.conceal_packet();
                Ok(())
            }
        }
    }

    /// Handles a packet that yields no samples. After a seek they are those that the decoder
    /// would have held back before, so silence replaces them; it is discarded.
    fn accept_nothing(&mut self) {
        let length = match self.is_resuming {
            true => self.packet_length(&self.packet),
            false => None,
        };
        match length {
            Some(length) => self.accept_lost(length),
            None => self.timeline.skip(&self.packet, self.pcm.rate),
        }
    }

    /// Continues a chained stream with its next track: a new decoder, the same output.
    fn change_track(&mut self) -> Result<(), FileError> {
        self.flush()?;
        let track = self.reader.track();
        self.decoder = decode::open(track, self.file.plugin())?;
        self.timeline.change_track(track);
        Ok(())
    }

    /// Outputs the samples that the decoder still holds.
    fn flush(&mut self) -> Result<(), FileError> {
        for _ in 0..MAX_FLUSHES {
            match self.decoder.flush(&mut self.pcm) {
                Ok(()) if !self.pcm.samples.is_empty() => {
                    self.packet = Packet::default();
                    self.accept()?;
                }
                _ => break,
            }
        }
        self.place_held(true);
        Ok(())
    }

    /// Ends the reading; what is queued follows.
    fn end(&mut self) -> Result<(), FileError> {
        self.flush()?;
        self.is_read = true;
        Ok(())
    }
}
