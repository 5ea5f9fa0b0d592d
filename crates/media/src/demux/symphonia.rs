//! The containers that symphonia demuxes: OGG, FLAC, and most of CAF.

use std::io::{self, Read, Seek, SeekFrom};

use ::symphonia::core::codecs::CodecParameters;
use ::symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use ::symphonia::core::errors::Error;
use ::symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use ::symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use ::symphonia::core::meta::{MetadataRevision, StandardTag};
use ::symphonia::default::formats::{CafReader, FlacReader, OggReader};

use super::choice::{self, Candidate};
use super::{Demuxer, Packet, Step, Track, fraction_of};
use crate::codec;
use crate::container::Container;
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::metadata::{Cover, Tags, put, put_year};
use crate::selection::TrackChoice;

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
    container: Container,
}

/// Errors in a row after which a stream counts as ended. symphonia calls most
/// of them final, and yet goes on at the next frame after many.
const MAX_FAULTS: u32 = 64;

/// Opens the stream that begins at `start`.
pub(super) fn open(
    input: Input,
    container: Container,
    start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    // A file that was cut off may be refused for what a seek finds at its end;
    // read in one go, it yields what is there.
    let reader = match reader(&input, container, start, true) {
        Err(MediaError::Damaged { .. }) => reader(&input, container, start, false)?,
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
        container,
    };
    bridge.choose(choice)?;
    Ok(Box::new(bridge))
}

fn reader(
    input: &Input,
    container: Container,
    start: u64,
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
    let options = FormatOptions::default();
    let opened: Result<Box<dyn FormatReader>, Error> = match container {
        Container::Ogg => boxed(OggReader::try_new(stream, options)),
        Container::Flac => boxed(FlacReader::try_new(stream, options)),
        Container::Caf => boxed(CafReader::try_new(stream, options)),
        _ => Err(Error::Unsupported("not symphonia's")),
    };
    opened.map_err(|error| fault(&failures, &error))
}

fn boxed<R: FormatReader + 'static>(
    opened: Result<R, Error>,
) -> Result<Box<dyn FormatReader>, Error> {
    opened.map(|reader| Box::new(reader) as Box<dyn FormatReader>)
}

/// What an error of symphonia's was.
fn fault(input: &Input, error: &Error) -> MediaError {
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
    fn choose(&mut self, choice: &TrackChoice) -> Result<()> {
        let tags = tags(self.reader.as_mut());
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
                codec: params.codec,
                codec_name: None,
                language: track.language.clone(),
            });
            let rate = track.time_base.map_or(0, |base| base.denom.get());
            found.push((track.id, params.clone(), rate, track.num_frames));
        }
        let place = choice::choose(choice, &candidates)?;
        let (id, params, rate, frames) = found.swap_remove(place);
        self.id = id;
        self.samples = (0, frames);
        let tick_rate = match params.codec {
            CODEC_ID_OPUS => 48_000,
            _ => params.sample_rate.unwrap_or(rate),
        };
        self.track = Track {
            codec_name: codec::name_of(params.codec).map(str::to_owned),
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
    fn end(&mut self) -> Result<Step> {
        let (passed, all) = self.samples;
        let is_cut = match self.container {
            Container::Flac => all.is_some_and(|all| passed < all),
            Container::Ogg => ends_within_a_page(&mut self.input)?,
            _ => false,
        };
        match is_cut {
            true => Err(MediaError::Damaged {
                detail: "a file that was cut off",
            }),
            false => Ok(Step::End),
        }
    }
}

/// Whether the last page of an Ogg file (RFC 3533, section 6) is longer than the file.
fn ends_within_a_page(input: &mut Input) -> Result<bool> {
    const HEADER: usize = 27;
    let most = HEADER + 255 + 255 * 255;
    let tail = input.peek(input.len().saturating_sub(most as u64), most)?;
    let last = tail.windows(4).rposition(|bytes| bytes == b"OggS");
    let Some(page) = last.and_then(|at| tail.get(at..)) else {
        return Ok(false);
    };
    let segments = page.get(HEADER - 1).map_or(0, |&count| usize::from(count));
    let Some(table) = page.get(HEADER..HEADER + segments) else {
        return Ok(true);
    };
    let body: usize = table.iter().map(|&length| usize::from(length)).sum();
    Ok(page.len() < HEADER + segments + body)
}

/// What the file says about itself. Vorbis comments of a stream that goes on in
/// another come with that.
fn tags(reader: &mut dyn FormatReader) -> Tags {
    let mut tags = Tags::default();
    let mut metadata = reader.metadata();
    if let Some(revision) = metadata.skip_to_latest() {
        read_revision(revision, &mut tags);
    }
    tags
}

fn read_revision(revision: &MetadataRevision, tags: &mut Tags) {
    for tag in &revision.media.tags {
        match &tag.std {
            Some(StandardTag::TrackTitle(text)) => put(&mut tags.title, text),
            Some(StandardTag::Artist(text)) => put(&mut tags.artist, text),
            Some(StandardTag::Album(text)) => put(&mut tags.album, text),
            // The usual name among Vorbis comments is the latter.
            Some(StandardTag::Comment(text) | StandardTag::Description(text)) => {
                put(&mut tags.comment, text);
            }
            Some(
                StandardTag::ReleaseDate(text)
                | StandardTag::RecordingDate(text)
                | StandardTag::OriginalReleaseDate(text),
            ) => put_year(&mut tags.year, text),
            Some(StandardTag::ReleaseYear(year) | StandardTag::RecordingYear(year)) => {
                tags.year = tags.year.or(Some(*year));
            }
            _ => {}
        }
    }
    let pictures = revision.media.visuals.iter();
    let small = pictures.filter(|visual| visual.data.len() as u64 <= Cover::MAX_BYTES);
    tags.cover = tags.cover.take().or_else(|| {
        small
            .into_iter()
            .find_map(|visual| Cover::new(visual.data.to_vec()))
    });
}

impl Demuxer for Bridge {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<Step> {
        match self.reader.next_packet() {
            Ok(Some(found)) => {
                self.faults = 0;
                self.passed += found.data.len() as u64;
                if found.track_id != self.id {
                    return Ok(Step::Busy);
                }
                packet.ticks = found.block_dur().get();
                self.samples.0 = self.samples.0.saturating_add(packet.ticks);
                packet.trim_start = found.trim_start.get();
                packet.trim_end = found.trim_end.get();
                packet.is_exact = false;
                packet.data = found.data.into_vec();
                Ok(Step::Packet)
            }
            Ok(None) => self.end(),
            Err(Error::ResetRequired) => {
                self.choose(&TrackChoice::Default)?;
                Ok(Step::NewTrack)
            }
            Err(error) => {
                if let Some(failure) = self.input.take_failure() {
                    return Err(failure);
                }
                self.faults += 1;
                let is_end = matches!(error, Error::IoError(_)) || self.faults > MAX_FAULTS;
                match is_end {
                    true => self.end(),
                    false => Ok(Step::Busy),
                }
            }
        }
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.passed, self.input.len())
    }
}

/// The file from some byte on, and perhaps without seeking.
struct Window {
    input: Input,
    start: u64,
    is_seekable: bool,
}

impl Read for Window {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.input.read(buf)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(pos) => SeekFrom::Start(pos.saturating_add(self.start)),
            other => other,
        };
        let pos = self.input.seek(to)?;
        Ok(pos.saturating_sub(self.start))
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.is_seekable
            .then(|| self.input.len().saturating_sub(self.start))
    }
}
