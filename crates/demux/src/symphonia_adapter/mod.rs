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
    Codec, Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackSelector,
};

use self::window::Window;
use crate::track_selection::{self, Candidate};
use tonearm_media_core::fraction_of;

/// Opens one of symphonia's readers.
type OpenReader =
    fn(MediaSourceStream<'static>, FormatOptions) -> Result<Box<dyn FormatReader>, Error>;

/// How to find out that a file is incomplete.
#[derive(Clone, Copy)]
enum EndCheck {
    /// There are fewer samples than the header states.
    SampleCount,
    /// The file ends within an Ogg page.
    OggPage,
    /// There is no way.
    None,
}

struct Bridge {
    input: Input,
    reader: Box<dyn FormatReader>,
    id: u32,
    track: Track,
    /// Errors since the last packet.
    faults: u32,
    /// Bytes of the file that went by, by the packets' own sizes.
    passed: u64,
    /// Samples that went by, and how many there should be, if the file says so.
    samples: (u64, Option<u64>),
    end_check: EndCheck,
}

/// Errors in a row after which a stream counts as ended. symphonia calls most
/// of them final, and yet goes on at the next frame after many.
const MAX_FAULTS: u32 = 64;

/// Opens OGG that begins at `start`.
pub(crate) fn open_ogg(
    input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(OggReader::try_new(stream, options));
    open(input, start, selector, reader, EndCheck::OggPage)
}

/// Opens FLAC that begins at `start`.
pub(crate) fn open_flac(
    input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(FlacReader::try_new(stream, options));
    open(input, start, selector, reader, EndCheck::SampleCount)
}

/// Opens CAF that begins at `start`.
pub(crate) fn open_caf(
    input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let reader = |stream, options| boxed(CafReader::try_new(stream, options));
    open(input, start, selector, reader, EndCheck::None)
}

fn open(
    input: Input,
    start: u64,
    selector: &TrackSelector,
    open_reader: OpenReader,
    end_check: EndCheck,
) -> Result<Box<dyn Demuxer>> {
    // An incomplete file may be refused for what a seek finds at its end; read
    // sequentially, it yields what there is.
    let reader = match reader(&input, start, open_reader, true) {
        Err(FileError::Damaged { .. }) => reader(&input, start, open_reader, false)?,
        outcome => outcome?,
    };
    let mut bridge = Bridge {
        input,
        reader,
        id: 0,
        track: Track::default(),
        faults: 0,
        passed: start,
        samples: (0, None),
        end_check,
    };
    bridge.select(selector)?;
    Ok(Box::new(bridge))
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
    open_reader(stream, FormatOptions::default()).map_err(|error| fault(&failures, &error))
}

fn boxed<R: FormatReader + 'static>(
    opened: Result<R, Error>,
) -> Result<Box<dyn FormatReader>, Error> {
    opened.map(|reader| Box::new(reader) as Box<dyn FormatReader>)
}

/// What an error of symphonia's was.
fn fault(input: &Input, error: &Error) -> FileError {
    let detail = match *error {
        Error::DecodeError(detail) | Error::Unsupported(detail) | Error::LimitError(detail) => {
            detail
        }
        _ => "it ends too early",
    };
    input.explain(detail)
}

impl Bridge {
    /// Takes the audio track that is wanted.
    fn select(&mut self, selector: &TrackSelector) -> Result<()> {
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
                codec_name: None,
                language: track.language.clone(),
            });
            let rate = track.time_base.map_or(0, |base| base.denom.get());
            found.push((
                track.id,
                params::from_symphonia(params),
                rate,
                track.num_frames,
            ));
        }
        let place = track_selection::choose(selector, &candidates)?;
        let (id, params, rate, frames) = found.swap_remove(place);
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

impl Bridge {
    /// The end, or that there should be more.
    fn end(&mut self) -> Result<ReadStep> {
        let (passed, all) = self.samples;
        let is_cut = match self.end_check {
            EndCheck::SampleCount => all.is_some_and(|all| passed < all),
            EndCheck::OggPage => ogg_page::ends_within_a_page(&mut self.input)?,
            EndCheck::None => false,
        };
        match is_cut {
            true => Err(FileError::Damaged {
                detail: "a file that was cut off",
            }),
            false => Ok(ReadStep::End),
        }
    }
}

impl Demuxer for Bridge {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        match self.reader.next_packet() {
            Ok(Some(found)) => {
                self.faults = 0;
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
                self.select(&TrackSelector::Default)?;
                Ok(ReadStep::NewTrack)
            }
            Err(error) => {
                if let Some(failure) = self.input.take_failure() {
                    return Err(failure);
                }
                self.faults += 1;
                let is_end = matches!(error, Error::IoError(_)) || self.faults > MAX_FAULTS;
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
