//! A media file as blocks of PCM.

use std::io::{Read, Seek};
use std::time::Duration;

use tonearm_encoder_api::Description;

use crate::budget::Budget;
use crate::codec;
use crate::container::{self, Container};
use crate::decode::{self, Decoder, Pcm, Undecodable};
use crate::demux::{self, Demuxer, Packet, Step};
use crate::error::{Limit, MediaError, Result};
use crate::input::Input;
pub(crate) use crate::metadata::Tags;
use crate::pipeline::{Meter, Output, Timeline};
use crate::resample::choose_rate;
use crate::selection::Selection;
use crate::survey::Mark;

/// What the PCM must be like: an encoder's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Allowed sample rates in Hz, ascending.
    pub sample_rates: Vec<u32>,
    /// Most channels: 1, or 2 for this and any greater number.
    pub max_channels: u8,
}

impl From<&Description> for Target {
    fn from(encoder: &Description) -> Self {
        Self {
            sample_rates: encoder.sample_rates.clone(),
            max_channels: encoder.max_channels,
        }
    }
}

/// What was found in the file, and what comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The container, by its first bytes.
    pub container: Container,
    /// The codec's usual name: "AAC".
    pub codec: String,
    /// Sample rate of the decoded track in Hz.
    pub sample_rate: u32,
    /// Channels of the decoded track.
    pub channels: u16,
    /// Sample rate of the PCM in Hz: one of [`Target::sample_rates`].
    pub output_rate: u32,
    /// Channels of the PCM: 1 or 2, at most [`Target::max_channels`].
    pub output_channels: u8,
    /// Length as the container states it; what really comes out is counted.
    pub duration: Option<Duration>,
    /// Title and so on.
    pub tags: Tags,
}

/// What a source was opened on, to read it a second time.
pub(crate) struct Origin {
    input: Input,
    max_items: u64,
    container: Container,
    start: u64,
    selection: Selection,
}

impl Origin {
    /// Reads on from the beginning.
    pub(crate) fn demuxer(&self) -> Result<Box<dyn Demuxer>> {
        let input = self.input.counting(self.max_items);
        demux::open(input, self.container, self.start, &self.selection.track)
    }

    /// The part to be heard, as samples per channel at `rate`.
    pub(crate) fn range(&self, rate: u32) -> (u64, u64) {
        self.selection.range(rate)
    }
}

/// A media file being decoded.
pub struct Source {
    pub(crate) info: SourceInfo,
    pub(crate) origin: Origin,
    demuxer: Box<dyn Demuxer>,
    decoder: Box<dyn Decoder>,
    packet: Packet,
    pcm: Pcm,
    timeline: Timeline,
    pub(crate) meter: Meter,
    output: Output,
    /// Samples per channel of the last packet that decoded.
    pub(crate) usual_length: u64,
    /// Packets lost before the first that decoded, and their ticks.
    lost: (u64, u64),
    fraction: f32,
    concealed: u64,
    /// Packets without a byte since the last that had one.
    hollow: u64,
    is_truncated: bool,
    is_ended: bool,
}

/// Packets that may fail before the first that decodes: some 40 seconds.
const MAX_LOST: u64 = 2000;
/// Packets without a byte in a row that become silence: the file ends where its
/// tables go on and claim hours of it.
const MAX_HOLLOW: u64 = 100;
/// Steps without a packet that one call takes at most.
const STEPS: usize = 256;

impl Source {
    /// Most samples per channel in a block.
    pub const MAX_BLOCK: usize = 8192;

    /// Opens a file and decodes as far as its first sound, so that a file that
    /// cannot be converted fails here.
    ///
    /// # Errors
    /// Any of [`MediaError`]'s kinds about the file, and `Read`.
    pub fn open<R>(
        reader: R,
        budget: &Budget,
        target: &Target,
        selection: &Selection,
    ) -> Result<Self>
    where
        R: Read + Seek + Send + 'static,
    {
        let mut input = Input::new(reader)?;
        if input.len() > budget.max_bytes {
            return Err(MediaError::OverBudget {
                what: Limit::Bytes,
                limit: budget.max_bytes,
            });
        }
        let (container, start) = container::recognise(&mut input)?;
        let beside = demux::read_tags(&mut input, container, start)?;
        let origin = Origin {
            input,
            max_items: budget.max_items,
            container,
            start,
            selection: selection.clone(),
        };
        let demuxer = origin.demuxer()?;
        let track = demuxer.track();
        budget.check_header(track)?;
        let decoder = decode::open(track)?;
        let mut source = Self {
            info: SourceInfo {
                container,
                codec: codec::name_of(track.params.codec)
                    .unwrap_or("unknown")
                    .to_owned(),
                sample_rate: 0,
                channels: 0,
                output_rate: 0,
                output_channels: 0,
                duration: track
                    .seconds
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
                tags: track.tags.clone().or(beside),
            },
            timeline: Timeline::new(track),
            origin,
            demuxer,
            decoder,
            packet: Packet::default(),
            pcm: Pcm::default(),
            meter: Meter::new(budget),
            output: Output::new(1, 1, (0, u64::MAX), 1.0),
            usual_length: 0,
            lost: (0, 0),
            fraction: 0.0,
            concealed: 0,
            hollow: 0,
            is_truncated: false,
            is_ended: false,
        };
        source.begin(target, selection)?;
        Ok(source)
    }

    /// Goes on from `mark`, so that the first block begins with sample `from` of
    /// the selection. What lies between is decoded and thrown away, which is how
    /// the decoder finds its feet.
    ///
    /// # Errors
    /// As [`next_block`](Self::next_block).
    pub(crate) fn resume(&mut self, mark: &Mark, from: u64) -> Result<()> {
        self.demuxer.resume(mark.place)?;
        self.decoder = decode::open(self.demuxer.track())?;
        self.timeline = Timeline::new(self.demuxer.track());
        self.timeline.resume((mark.decoded, mark.skip));
        let (rate_in, rate_out) = (self.info.sample_rate, self.info.output_rate);
        let (start, end) = self.origin.range(rate_out);
        let from = start.saturating_add(from);
        // The resampler must begin where a sample of both rates lies.
        let unit = u64::from(rate_in / gcd(rate_in, rate_out)).max(1);
        let aligned = mark.heard.next_multiple_of(unit);
        let skip = from.saturating_sub(rescale(aligned, rate_in, rate_out));
        self.output
            .restart(aligned - mark.heard, skip, end.saturating_sub(from));
        Ok(())
    }

    /// What was found.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Replaces `block` with the next interleaved samples in the output format
    /// and returns true, or returns false at the end. A block may be empty,
    /// since a call does a bounded amount of work; it holds at most
    /// [`Source::MAX_BLOCK`] samples per channel.
    ///
    /// # Errors
    /// `OverBudget`, `Read`. What is damaged becomes silence or the end.
    pub fn next_block(&mut self, block: &mut Vec<f32>) -> Result<bool> {
        block.clear();
        if self.output.ready() == 0 {
            if self.is_ended || self.output.is_over() {
                self.fraction = 1.0;
                return Ok(false);
            }
            self.work()?;
        }
        self.output.take(Self::MAX_BLOCK, block);
        Ok(true)
    }

    /// How much of the file is done, 0 to 1, never falling.
    pub fn fraction(&self) -> f32 {
        self.fraction
    }

    /// Packets that could not be decoded and became silence of their length.
    pub fn concealed(&self) -> u64 {
        self.concealed
    }

    /// Why nothing came out of it at all, once it is at its end.
    pub(crate) fn silence_error(&self) -> MediaError {
        match self.output.missed() {
            Some(length) => MediaError::NothingSelected { length },
            None => MediaError::Damaged {
                detail: "none of its sound is to be heard",
            },
        }
    }

    /// Whether the file ended in the middle of something, so that only what was
    /// whole came out.
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Decodes up to the first sound and settles the output format by it.
    fn begin(&mut self, target: &Target, selection: &Selection) -> Result<()> {
        loop {
            self.meter.step()?;
            match self.demuxer.next(&mut self.packet)? {
                Step::Busy => {}
                Step::NewTrack => self.change_track()?,
                Step::End => return Err(NOTHING),
                Step::Packet => match self.decoder.decode(&self.packet, &mut self.pcm) {
                    Ok(()) if self.pcm.samples.is_empty() => {
                        self.timeline.pass(&self.packet, self.pcm.rate);
                    }
                    Ok(()) => break,
                    Err(Undecodable) if self.lost.0 >= MAX_LOST => return Err(NOTHING),
                    Err(Undecodable) => {
                        self.lost.0 += 1;
                        self.lost.1 = self.lost.1.saturating_add(self.packet.ticks);
                    }
                },
            }
        }
        let (rate, channels) = (self.pcm.rate, self.pcm.places.len());
        if rate == 0 || channels == 0 {
            return Err(NOTHING);
        }
        self.info.sample_rate = rate;
        self.info.channels = u16::try_from(channels).unwrap_or(u16::MAX);
        self.info.output_rate = choose_rate(rate, &target.sample_rates);
        self.info.output_channels = match (channels, target.max_channels) {
            (1, _) | (_, 0 | 1) => 1,
            _ if selection.mono => 1,
            _ => 2,
        };
        let outputs = usize::from(self.info.output_channels);
        let range = selection.range(self.info.output_rate);
        let gain = selection.gain.unwrap_or(1.0);
        self.output = Output::new(self.info.output_rate, outputs, range, gain);
        self.usual_length = self.pcm.frames() as u64;
        self.conceal_start()?;
        self.accept()
    }

    /// Puts silence in place of the packets that were lost before the first.
    fn conceal_start(&mut self) -> Result<()> {
        let (count, ticks) = std::mem::take(&mut self.lost);
        if count == 0 {
            return Ok(());
        }
        let first = std::mem::take(&mut self.pcm);
        let packet = std::mem::take(&mut self.packet);
        let each = match ticks {
            0 => self.usual_length,
            _ => self.timeline.samples(ticks, first.rate) / count,
        };
        let each = each.min(u64::from(first.rate));
        for _ in 0..count {
            self.pcm.rate = first.rate;
            self.pcm.places.clone_from(&first.places);
            self.silence(each);
            self.concealed += 1;
            self.accept()?;
        }
        (self.pcm, self.packet) = (first, packet);
        Ok(())
    }

    /// Decodes until there is something to hand out, or enough was tried.
    fn work(&mut self) -> Result<()> {
        for _ in 0..STEPS {
            self.meter.step()?;
            match self.demuxer.next(&mut self.packet) {
                Ok(Step::Packet) => {
                    self.hollow = match self.packet.data.is_empty() {
                        true => self.hollow + 1,
                        false => 0,
                    };
                    if self.hollow > MAX_HOLLOW {
                        self.is_truncated = true;
                        return self.end();
                    }
                    self.decode()?;
                    if self.output.ready() > 0 {
                        break;
                    }
                }
                Ok(Step::Busy) => {}
                Ok(Step::NewTrack) => self.change_track()?,
                Ok(Step::End) => return self.end(),
                Err(MediaError::Damaged { .. }) => {
                    self.is_truncated = true;
                    return self.end();
                }
                Err(error) => return Err(error),
            }
        }
        self.fraction = self.fraction.max(self.demuxer.fraction());
        Ok(())
    }

    fn decode(&mut self) -> Result<()> {
        match self.decoder.decode(&self.packet, &mut self.pcm) {
            Ok(()) if self.pcm.samples.is_empty() => {
                self.timeline.pass(&self.packet, self.pcm.rate);
                return Ok(());
            }
            Ok(()) => self.usual_length = self.pcm.frames() as u64,
            Err(Undecodable) => {
                let rate = self.pcm.rate;
                let length = match self.packet.ticks {
                    0 => self.usual_length,
                    ticks => self.timeline.samples(ticks, rate),
                };
                // No codec has packets of more than a few seconds; a longer one
                // is a lie of the container.
                self.silence(length.min(u64::from(rate)));
                self.concealed += 1;
            }
        }
        self.accept()
    }

    /// Fills `pcm` with silence of its last format.
    fn silence(&mut self, frames: u64) {
        let frames = usize::try_from(frames).unwrap_or(0);
        self.pcm.samples.clear();
        let samples = frames.saturating_mul(self.pcm.places.len());
        self.pcm.samples.resize(samples, 0.0);
    }

    /// Counts, trims and passes on what was decoded.
    fn accept(&mut self) -> Result<()> {
        let (rate, channels) = (self.pcm.rate, self.pcm.places.len());
        let frames = self.pcm.frames() as u64;
        self.meter.add(frames, rate, channels)?;
        let heard = self.timeline.keep(&self.packet, frames, rate);
        self.output.push(&self.pcm, heard)
    }

    /// A chained stream goes on with another track: another decoder, the same
    /// output.
    fn change_track(&mut self) -> Result<()> {
        let track = self.demuxer.track();
        self.decoder = decode::open(track)?;
        self.timeline = Timeline::new(track);
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.is_ended = true;
        self.output.finish()
    }
}

/// Why a file with an audio track gives no sound.
const NOTHING: MediaError = MediaError::Damaged {
    detail: "none of its sound could be decoded",
};

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// So many samples at one rate as samples at another, rounded down.
pub(crate) fn rescale(samples: u64, from: u32, to: u32) -> u64 {
    let scaled = u128::from(samples) * u128::from(to) / u128::from(from.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
