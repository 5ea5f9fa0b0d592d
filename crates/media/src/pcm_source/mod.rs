//! Decodes a media file to blocks of PCM.

mod concealment;
mod decode_loop;
mod fallback;
mod info;
mod queue;

use std::time::Duration;

use tonearm_media_core::{Decoder, FileError, LimitCounter, Packet, Pcm};

use self::concealment::Losses;
pub use self::info::{SourceInfo, Target};
use self::queue::SoundQueue;
use crate::error::MediaError;
use crate::findings::Findings;
use crate::opened_file::{OpenedFile, TrackReader};
use crate::output::Output;
use crate::pcm::meter::Meter;
use crate::samples::{duration, gcd, rescale};
use crate::seek_point::SeekPoint;
use crate::selection::{Gaps, Selection};
use crate::tag::Part;
use crate::timeline::Timeline;
use tonearm_decode as decode;

/// A media file being decoded.
pub struct PcmSource {
    pub(crate) info: SourceInfo,
    file: OpenedFile,
    target: Target,
    selection: Selection,
    pub(crate) reader: TrackReader,
    decoder: Box<dyn Decoder>,
    packet: Packet,
    pcm: Pcm,
    timeline: Timeline,
    pub(crate) counter: LimitCounter,
    output: Output,
    queue: SoundQueue,
    /// Samples per channel of the last decoded packet.
    pub(crate) frame_length: u64,
    /// Packets before the first one that yielded samples.
    pub(crate) held_packets: u64,
    /// Part of the output whose losses are counted, in samples at the output rate.
    counted: (u64, u64),
    losses: Losses,
    fraction: f32,
    is_truncated: bool,
    /// Reading resumed after a seek, and nothing was decoded yet.
    is_resuming: bool,
    /// Every packet was read.
    is_read: bool,
    is_ended: bool,
}

impl PcmSource {
    /// Most samples per channel in a block.
    pub const MAX_BLOCK: usize = 8192;

    /// Selects the audio track of a file and decodes up to its first audio, so that a
    /// file that cannot be converted fails here. A track that yields no audio gives way to
    /// another one, unless it is selected by its number.
    ///
    /// # Errors
    /// Any of [`FileError`]'s kinds.
    pub fn open(
        file: OpenedFile,
        target: &Target,
        selection: &Selection,
    ) -> Result<Self, FileError> {
        fallback::open(file, selection, &mut |file, selection| {
            Self::open_track(file, target, selection)
        })
    }

    fn open_track(
        mut file: OpenedFile,
        target: &Target,
        selection: &Selection,
    ) -> Result<Self, FileError> {
        let reader = file.reader(&selection.track)?;
        let track = reader.track();
        file.limits().check_header(track)?;
        let decoder = decode::open(track, file.plugin())?;
        let mut source = Self {
            info: SourceInfo {
                container: file.container(),
                codec: track.params.codec.name().unwrap_or("unknown").to_owned(),
                sample_rate: 0,
                channels: 0,
                output_rate: 0,
                output_channels: 0,
                duration: track
                    .seconds
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
                tags: track.tags.clone().or(file.tags().clone()),
                findings: Findings::new(reader.tracks()),
            },
            timeline: Timeline::new(track, selection.gaps),
            reader,
            decoder,
            packet: Packet::default(),
            pcm: Pcm::default(),
            counter: LimitCounter::new(file.limits()),
            file,
            target: target.clone(),
            selection: selection.clone(),
            output: Output::new(1, 1, (0, u64::MAX), 1.0),
            queue: SoundQueue::default(),
            frame_length: 0,
            held_packets: 0,
            counted: (0, u64::MAX),
            losses: Losses::default(),
            fraction: 0.0,
            is_truncated: false,
            is_resuming: false,
            is_read: false,
            is_ended: false,
        };
        source.begin()?;
        Ok(source)
    }

    /// The file.
    pub fn file(&self) -> &OpenedFile {
        &self.file
    }

    /// Returns the file, to be read again.
    pub fn into_file(mut self) -> OpenedFile {
        self.file.put_back(self.reader);
        self.file
    }

    /// Returns to the first packet, without decoding it.
    pub(crate) fn rewind(&mut self) -> Result<(), FileError> {
        let selector = &self.selection.track;
        self.reader.rewind_or_reopen(&self.file, selector)
    }

    /// Starts over, as if just opened.
    pub(crate) fn restart(&mut self) -> Result<(), FileError> {
        self.rewind()?;
        let track = self.reader.track();
        self.decoder = decode::open(track, self.file.plugin())?;
        self.timeline = Timeline::new(track, self.selection.gaps);
        self.counter = self.counter.restarted();
        self.losses = Losses::default();
        self.queue = SoundQueue::default();
        self.held_packets = 0;
        (self.fraction, self.is_truncated) = (0.0, false);
        (self.is_resuming, self.is_read, self.is_ended) = (false, false, false);
        self.begin()
    }

    /// What becomes of gaps.
    pub(crate) fn gaps_option(&self) -> Gaps {
        self.selection.gaps
    }

    /// The selected part, as samples per channel at the output rate.
    pub(crate) fn range(&self) -> (u64, u64) {
        self.selection.range(self.info.output_rate)
    }

    /// Continues from `point`, so that the first block begins with sample `from` of
    /// the selection. Losses are counted in the part `counted` of the selection. Decodes
    /// and discards the audio in between, so the decoder has converged by `from`.
    ///
    /// # Errors
    /// As [`next_block`](Self::next_block).
    pub(crate) fn seek(
        &mut self,
        point: &SeekPoint,
        from: u64,
        counted: (u64, u64),
    ) -> Result<(), FileError> {
        self.reader.seek(point.position)?;
        self.decoder = decode::open(self.reader.track(), self.file.plugin())?;
        let (rate_in, rate_out) = (self.info.sample_rate, self.info.output_rate);
        self.timeline = Timeline::new(self.reader.track(), self.selection.gaps);
        self.timeline.seek(point, rate_in);
        self.queue = SoundQueue::at(point.played);
        self.losses = Losses::default();
        self.is_resuming = point.decoded > 0;
        let (start, end) = self.range();
        self.counted = (
            start.saturating_add(counted.0),
            start.saturating_add(counted.1),
        );
        let from = start.saturating_add(from);
        // The resampler must start at a time at which both rates have a sample.
        let alignment = u64::from(rate_in / gcd(rate_in, rate_out)).max(1);
        let aligned = point.played.next_multiple_of(alignment);
        let at = rescale(aligned, rate_in, rate_out);
        let skip = from.saturating_sub(at);
        self.output
            .restart(at, aligned - point.played, skip, end.saturating_sub(from));
        Ok(())
    }

    /// The formats of the file and of the output.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Replaces `block` with the next interleaved samples in the output format
    /// and returns true, or returns false at the end. A block may be empty,
    /// since a call does a bounded amount of work; it holds at most
    /// [`PcmSource::MAX_BLOCK`] samples per channel.
    ///
    /// # Errors
    /// `OverLimit`, `Read`. Damaged audio becomes silence, or the end.
    pub fn next_block(&mut self, block: &mut Vec<f32>) -> Result<bool, FileError> {
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

    /// The processed part of the file, 0 to 1, never decreasing.
    pub fn fraction(&self) -> f32 {
        self.fraction
    }

    /// Number of undecodable packets that were replaced with silence of their length.
    pub fn concealed(&self) -> u64 {
        self.losses.concealed
    }

    /// Length of that silence.
    pub fn silent(&self) -> Duration {
        duration(self.losses.lost, self.info.output_rate)
    }

    /// Length of the silence in place of gaps between timestamps, without a lead-in.
    pub fn gaps(&self) -> Duration {
        duration(self.losses.gaps, self.info.output_rate)
    }

    /// Why a source that ended yielded no audio.
    pub(crate) fn silence_error(&self) -> MediaError {
        match self.output.missed() {
            Some(length) => MediaError::NothingSelected { length },
            None => MediaError::damaged("none of its audio is to be played"),
        }
    }

    /// What was found about the tracks, and about the audio so far.
    pub fn findings(&self) -> Findings {
        self.info.findings.clone().measured(Some(self.meter()))
    }

    /// The selected part, for the tag.
    pub(crate) fn part(&self) -> Part {
        Part {
            start: self.selection.start,
            end: self.selection.end,
            length: self.info.duration,
        }
    }

    /// The measurements of the audio so far.
    pub(crate) fn meter(&self) -> &Meter {
        self.output.meter()
    }

    /// Whether the file is truncated, so that only its intact part was decoded.
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }
}

/// The error of a file whose audio track yields no audio.
const NO_AUDIO: FileError = FileError::Damaged {
    detail: "none of its sound could be decoded",
};
