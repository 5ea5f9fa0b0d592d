//! FLAC without a container (RFC 9639): metadata blocks, then frames. Frames may follow from
//! more than one stream, and may change their format.

mod frames;
pub(crate) mod metadata;
#[cfg(test)]
mod tests;

use tonearm_framing::frame_header;
use tonearm_media_core::frame_header::flac::{self, Format, Header};
use tonearm_media_core::{
    Demuxer, FileError, Input, Packet, ReadStep, Result, Tags, Track, TrackChoice, fraction_of,
};

use self::frames::{FrameStep, Frames};
use self::metadata::{BLOCK_HEADER, Metadata, StreamInfo, block_type};
use crate::track_selection;

const SIGNATURE: [u8; 4] = *b"fLaC";
/// Most metadata blocks.
const MAX_BLOCKS: usize = 1000;
/// Longest metadata block that is read.
const MAX_BLOCK: u64 = 4 << 20;
/// Most steps up to the first frame.
const MAX_STEPS: usize = 1000;
const NANOSECONDS: u128 = 1_000_000_000;

/// Whether FLAC begins here: its signature, or a frame of a stream that was cut.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE) || (flac::parse(bytes, None).is_some() && !is_adts(bytes))
}

/// Whether two frames of ADTS begin here, which have the same first bits.
fn is_adts(bytes: &[u8]) -> bool {
    let first = frame_header::parse(bytes);
    first.is_some_and(|first| {
        let second = bytes.get(first.length..).and_then(frame_header::parse);
        second.is_some_and(|second| second.same_stream(&first))
    })
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let (metadata, first) = read_metadata(&mut input, start)?;
    let info = metadata.info.clone();
    let mut demuxer = FlacDemuxer {
        frames: Frames::new(input.clone(), first, info.as_ref().map(StreamInfo::format)),
        input,
        info,
        format: None,
        track: metadata.track().unwrap_or_default(),
        clock: Clock::default(),
        pending: None,
        tags: metadata.tags(),
        is_cut: false,
    };
    demuxer.clock.set_info(demuxer.info.as_ref());
    demuxer.find_first()?;
    track_selection::only(choice, demuxer.track.params.codec, None)?;
    Ok(Box::new(demuxer))
}

/// Reads the metadata blocks at `start`. Returns the offset of the first frame.
fn read_metadata(input: &mut Input, start: u64) -> Result<(Metadata, u64)> {
    let mut metadata = Metadata::default();
    let mut at = start;
    if input.peek(at, SIGNATURE.len())? == SIGNATURE {
        at += SIGNATURE.len() as u64;
        for _ in 0..MAX_BLOCKS {
            input.count_item()?;
            let header = input.peek(at, BLOCK_HEADER)?;
            let Some(&[kind, a, b, c]) = header.first_chunk::<BLOCK_HEADER>() else {
                break;
            };
            let length = BLOCK_HEADER as u64 + u64::from(u32::from_be_bytes([0, a, b, c]));
            // An invalid block means that the length of the one before it is wrong; the
            // first frame is somewhere behind it.
            let is_valid = kind & 0x7f != block_type::INVALID && at + length <= input.len();
            if !is_valid {
                break;
            }
            let is_used = [
                block_type::STREAM_INFO,
                block_type::COMMENT,
                block_type::PICTURE,
            ]
            .contains(&(kind & 0x7f));
            if is_used && length <= MAX_BLOCK {
                metadata.take_block(&input.peek(at, length as usize)?);
            }
            at += length;
            if kind & 0x80 != 0 {
                break;
            }
        }
    }
    Ok((metadata, at))
}

/// The times of frames, by their numbers.
#[derive(Debug, Default)]
struct Clock {
    /// Samples of each frame of the stream, if they are numbered.
    block: Option<u64>,
    /// Samples of the stream, if they are known.
    total: Option<u64>,
    /// Position of the first sample, and its time in nanoseconds.
    origin: Option<(u64, u64)>,
    /// The position of the file's first sample, and the samples of its frames.
    first: Option<(u64, Option<u64>)>,
    rate: u32,
    /// Position after the last frame.
    next: Option<u64>,
    /// Whether numbers stepped back, or the format changed.
    is_irregular: bool,
}

impl Clock {
    fn set_info(&mut self, info: Option<&StreamInfo>) {
        self.block = info.and_then(StreamInfo::block);
        self.total = info.and_then(StreamInfo::samples);
    }

    /// Begins with the first frame of the file.
    fn begin(&mut self, header: &Header, is_after_damage: bool) {
        let at = self.position(header);
        self.rate = header.format.rate;
        // The beginning of a damaged stream is a gap, that of a cut one is not.
        let first = if is_after_damage { 0 } else { at };
        self.first = Some((first, self.block));
        self.origin = Some((first, 0));
    }

    /// Continues at a frame before which nothing was irregular.
    fn restart(&mut self) {
        if let Some((first, block)) = self.first {
            (self.origin, self.block) = (Some((first, 0)), block);
        }
        (self.next, self.is_irregular) = (None, false);
    }

    /// Places a frame. Returns the time of its first sample in nanoseconds.
    fn place(&mut self, header: &Header) -> u64 {
        let samples = u64::from(header.samples);
        let at = self.position(header);
        let next = *self.next.get_or_insert(at);
        let is_gap = at > next && self.total.is_none_or(|total| at + samples <= total);
        if header.format.rate != self.rate || (at != next && !is_gap) {
            let time = self.time(next);
            self.origin = Some((at, time));
            (self.rate, self.is_irregular) = (header.format.rate, true);
        }
        self.next = Some(at + samples);
        self.time(at)
    }

    /// The position of a frame's first sample.
    fn position(&mut self, header: &Header) -> u64 {
        match header.is_variable {
            true => header.number,
            false => {
                let block = *self.block.get_or_insert(header.samples.into());
                header.number.saturating_mul(block)
            }
        }
    }

    fn time(&self, position: u64) -> u64 {
        let (origin, at) = self.origin.unwrap_or_default();
        let ticks = u128::from(position.saturating_sub(origin));
        let time = u128::from(at) + ticks * NANOSECONDS / u128::from(self.rate.max(1));
        u64::try_from(time).unwrap_or(u64::MAX)
    }

    /// Whether the stream has samples after this position.
    fn is_before_end(&self) -> bool {
        self.total > Some(self.next.unwrap_or(0))
    }
}

struct FlacDemuxer {
    input: Input,
    /// STREAMINFO of the first stream.
    info: Option<StreamInfo>,
    frames: Frames,
    format: Option<Format>,
    track: Track,
    clock: Clock,
    /// A frame that was found but not yet returned.
    pending: Option<Header>,
    tags: Tags,
    is_cut: bool,
}

impl FlacDemuxer {
    /// Reads up to the first frame.
    fn find_first(&mut self) -> Result<()> {
        for _ in 0..MAX_STEPS {
            match self.step()? {
                ReadStep::NewTrack => {
                    let is_after_damage = self.frames.take_damage();
                    if let Some(header) = self.pending {
                        self.clock.begin(&header, is_after_damage);
                    }
                    return Ok(());
                }
                ReadStep::End => break,
                ReadStep::Busy | ReadStep::Packet => {}
            }
        }
        Err(FileError::Damaged {
            detail: "no whole frame of its sound was found",
        })
    }

    /// Finds a frame, which is then pending: `NewTrack` if its format is new, else
    /// `Packet`.
    fn step(&mut self) -> Result<ReadStep> {
        let header = match self.frames.next()? {
            FrameStep::Frame(header) => header,
            FrameStep::Unconfirmed(header) => {
                let end = self.clock.position(&header) + u64::from(header.samples);
                if self.clock.total.is_some_and(|total| end < total) {
                    self.is_cut = true;
                    return Ok(ReadStep::Busy);
                }
                header
            }
            FrameStep::Busy => return Ok(ReadStep::Busy),
            FrameStep::Stream(offset) => {
                self.begin_stream(offset)?;
                return Ok(ReadStep::Busy);
            }
            FrameStep::End => return Ok(ReadStep::End),
        };
        self.pending = Some(header);
        if self.format == Some(header.format) {
            return Ok(ReadStep::Packet);
        }
        let is_stated = StreamInfo::parse(&self.track.params.config)
            .is_some_and(|info| info.format() == header.format);
        if !is_stated {
            self.track = StreamInfo::of_format(header.format).track();
        }
        self.track.tags = self.tags.clone();
        self.format = Some(header.format);
        Ok(ReadStep::NewTrack)
    }

    /// Continues with a stream that follows in the same file.
    fn begin_stream(&mut self, offset: u64) -> Result<()> {
        let (metadata, first) = read_metadata(&mut self.input, offset)?;
        let info = metadata.info;
        self.clock.set_info(info.as_ref());
        self.clock.is_irregular = true;
        let format = info.as_ref().map(StreamInfo::format);
        self.frames = Frames::new(self.input.clone(), first, format);
        Ok(())
    }

    fn take_pending(&mut self, packet: &mut Packet, has_data: bool) -> Option<ReadStep> {
        let header = self.pending.take()?;
        packet.data.clear();
        if has_data {
            packet.data.extend_from_slice(self.frames.bytes());
        }
        packet.ticks = header.samples.into();
        let time = self.clock.place(&header);
        packet.time = i64::try_from(time).ok();
        (packet.trim_start, packet.trim_end) = (0, 0);
        packet.is_exact = false;
        Some(ReadStep::Packet)
    }

    fn read(&mut self, packet: &mut Packet, has_data: bool) -> Result<ReadStep> {
        if let Some(step) = self.take_pending(packet, has_data) {
            return Ok(step);
        }
        match self.step()? {
            ReadStep::Packet => Ok(self
                .take_pending(packet, has_data)
                .unwrap_or(ReadStep::Busy)),
            ReadStep::End if self.is_cut || self.clock.is_before_end() => Err(FileError::Damaged {
                detail: "a file that was cut off",
            }),
            step => Ok(step),
        }
    }
}

impl Demuxer for FlacDemuxer {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.read(packet, true)
    }

    fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.read(packet, false)
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.frames.pos(), self.input.len())
    }

    fn position(&mut self) -> Option<u64> {
        if self.clock.is_irregular {
            return None;
        }
        match self.pending {
            Some(_) => Some(self.frames.offset()),
            None => self.frames.next_offset(),
        }
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        let defaults = self.info.as_ref().map(StreamInfo::format);
        self.frames = Frames::new(self.input.clone(), position, defaults);
        self.clock.set_info(self.info.as_ref());
        (self.pending, self.is_cut) = (None, false);
        self.clock.restart();
        Ok(())
    }
}
