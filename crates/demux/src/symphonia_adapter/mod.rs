//! The containers that symphonia demuxes: OGG, FLAC, and most of CAF.

mod ogg_page;
mod params;
mod tags;
mod window;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::{CafReader, FlacReader, OggReader};
use tonearm_media_core::{
    Codec, Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackChoice, TrackSelector,
};

use self::window::Window;
use crate::track_selection::{self, Candidate};
use tonearm_media_core::fraction_of;

/// Opens one of symphonia's readers.
type OpenReader =
    fn(MediaSourceStream<'static>, FormatOptions) -> Result<Box<dyn FormatReader>, Error>;

/// How to detect a truncated file.
#[derive(Clone, Copy)]
enum EndCheck {
    /// The file has fewer samples than its header states.
    SampleCount,
    /// The file ends within an Ogg page.
    OggPage,
    /// Not detected.
    None,
}

struct SymphoniaDemuxer {
    input: Input,
    reader: Box<dyn FormatReader>,
    id: u32,
    track: Track,
    /// Errors since the last packet.
    errors: u32,
    /// Position in the file, estimated from the sizes of the packets.
    passed: u64,
    /// Samples so far, and the total if the file states it.
    samples: (u64, Option<u64>),
    end_check: EndCheck,
}

/// Consecutive errors after which a stream counts as ended. symphonia reports most errors
/// as fatal, but often continues with the next frame.
const MAX_ERRORS: u32 = 64;

/// Opens OGG that begins at `start`.
pub(crate) fn open_ogg(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(OggReader::try_new(stream, options));
    open(input, start, choice, reader, EndCheck::OggPage)
}

/// Opens FLAC that begins at `start`.
pub(crate) fn open_flac(
    input: Input,
    start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(FlacReader::try_new(stream, options));
    open(input, start, choice, reader, EndCheck::SampleCount)
}

/// Opens CAF that begins at `start`.
pub(crate) fn open_caf(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(CafReader::try_new(stream, options));
    open(input, start, choice, reader, EndCheck::None)
}

fn open(
    input: Input,
    start: u64,
    choice: &TrackChoice,
    open_reader: OpenReader,
    end_check: EndCheck,
) -> Result<Box<dyn Demuxer>> {
    // symphonia seeks to the end of a file and may reject a truncated one for what it finds
    // there. Read sequentially, the file yields its data up to the truncation.
    let reader = match reader(&input, start, open_reader, true) {
        Err(FileError::Damaged { .. }) => reader(&input, start, open_reader, false)?,
        outcome => outcome?,
    };
    let mut demuxer = SymphoniaDemuxer {
        input,
        reader,
        id: 0,
        track: Track::default(),
        errors: 0,
        passed: start,
        samples: (0, None),
        end_check,
    };
    demuxer.select(choice)?;
    Ok(Box::new(demuxer))
}

fn reader(
    input: &Input,
    start: u64,
    open_reader: OpenReader,
    is_seekable: bool,
) -> Result<Box<dyn FormatReader>> {
    let mut input = input.clone();
    input.set_pos(start);
    let failures = input.clone();
    let window = Window {
        input,
        start,
        is_seekable,
    };
    let stream = MediaSourceStream::new(Box::new(window), MediaSourceStreamOptions::default());
    open_reader(stream, FormatOptions::default()).map_err(|error| file_error(&failures, &error))
}

fn boxed<R: FormatReader + 'static>(
    opened: Result<R, Error>,
) -> Result<Box<dyn FormatReader>, Error> {
    opened.map(|reader| Box::new(reader) as Box<dyn FormatReader>)
}

/// Converts symphonia's errors.
fn file_error(input: &Input, error: &Error) -> FileError {
    let detail = match *error {
        Error::DecodeError(detail) | Error::Unsupported(detail) | Error::LimitError(detail) => {
            detail
        }
        _ => "it ends too early",
    };
    input.explain(detail)
}

impl SymphoniaDemuxer {
    /// Selects the audio track.
    fn select(&mut self, choice: &TrackChoice) -> Result<()> {
        let tags = tags::read(self.reader.as_mut());
        let default = self.reader.default_track(TrackType::Audio);
        let default = default.map(|track| track.id);
        let mut candidates = Vec::new();
        let mut found = Vec::new();
        for track in self.reader.tracks() {
            let Some(CodecParameters::Audio(params)) = &track.codec_params else {
                continue;
            };
            candidates.push(Candidate {
                is_default: Some(track.id) == default,
                codec: params::codec(params.codec),
                language: track.language.clone(),
                channels: params
                    .channels
                    .as_ref()
                    .and_then(|all| all.count().try_into().ok()),
                ..Candidate::default()
            });
            let rate = track.time_base.map_or(0, |base| base.denom.get());
            found.push((
                track.id,
                params::from_symphonia(params),
                rate,
                track.num_frames,
            ));
        }
        let index = track_selection::choose(choice, &candidates)?;
        let (id, params, rate, frames) = found.swap_remove(index);
        self.id = id;
        self.samples = (0, frames);
        let tick_rate = match params.codec {
            Codec::Opus => 48_000,
            _ => params.sample_rate.unwrap_or(rate),
        };
        self.track = Track {
            codec_name: params.codec.name().map(str::to_owned),
            seconds: frames
                .map(|frames| frames as f64 / f64::from(tick_rate.max(1)))
                .filter(|&seconds| seconds > 0.0),
            tick_rate,
            params,
            tags,
            ..Track::default()
        };
        Ok(())
    }
}

impl SymphoniaDemuxer {
    /// Returns the end, or an error if the file is truncated.
    fn end(&mut self) -> Result<ReadStep> {
        let (passed, total) = self.samples;
        let is_truncated = match self.end_check {
            EndCheck::SampleCount => total.is_some_and(|total| passed < total),
            EndCheck::OggPage => ogg_page::ends_within_a_page(&mut self.input)?,
            EndCheck::None => false,
        };
        match is_truncated {
            true => Err(FileError::Damaged {
                detail: "a file that was cut off",
            }),
            false => Ok(ReadStep::End),
        }
    }
}

impl Demuxer for SymphoniaDemuxer {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        match self.reader.next_packet() {
            Ok(Some(found)) => {
                self.errors = 0;
                self.passed += found.data.len() as u64;
                if found.track_id != self.id {
                    return Ok(ReadStep::Busy);
                }
                packet.ticks = found.block_dur().get();
                self.samples.0 = self.samples.0.saturating_add(packet.ticks);
                packet.trim_start = found.trim_start.get();
                packet.trim_end = found.trim_end.get();
                packet.is_exact = false;
                packet.data = found.data.into_vec();
                Ok(ReadStep::Packet)
            }
            Ok(None) => self.end(),
            Err(Error::ResetRequired) => {
                self.select(&TrackSelector::Default.into())?;
                Ok(ReadStep::NewTrack)
            }
            Err(error) => {
                if let Some(failure) = self.input.take_failure() {
                    return Err(failure);
                }
                self.errors += 1;
                let is_end = matches!(error, Error::IoError(_)) || self.errors > MAX_ERRORS;
                match is_end {
                    true => self.end(),
                    false => Ok(ReadStep::Busy),
                }
            }
        }
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.passed, self.input.len())
    }
}
