//! Copies the frames of a track that is MP3 already: lossless, and as fast as a copy.
//!
//! ```text
//! raw file ─────────────▶ Scanner ──frames──▶ sink, after a new tag
//! container ──packets──▶                      and a new Xing frame
//! ```

mod input;

use std::ops::ControlFlow;
use std::time::Duration;

use tonearm_media_core::{Codec, FileError, Limit, TrackSelector};
use tonearm_mp3::xing::{self, LameTag, XingInfo};
use tonearm_mp3::{FrameHeader, FrameIndex, Id3Tag, Scan, Scanner, samples_per_frame};

use self::input::{FrameInput, Played};
use crate::convert::{Progress, Sink, Summary};
use crate::error::{MediaError, Result};
use crate::findings::Findings;
use crate::opened_file::OpenedFile;
use crate::samples;
use crate::selection::Gaps;
use crate::tag::TagOptions;
use tonearm_demux::{Container, DECODER_DELAY};

/// Copies the MP3 frames of `track` into `sink`. Returns `None` if the track has another
/// codec, changes its sample rate, or has gaps, a late start or edits that a copy cannot keep; the caller then discards the contents of the sink and
/// converts the file.
///
/// Delay and padding come from the source's LAME tag, else from its container. Bytes
/// between frames are dropped.
///
/// # Errors
/// Any kind of [`MediaError`] but `Encode`.
pub fn remux(
    file: &mut OpenedFile,
    track: &TrackSelector,
    gaps: Gaps,
    tag: &TagOptions,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Summary>> {
    let mut input = match file.container() {
        Container::Mp3 => {
            let (bytes, start) = file.bytes();
            FrameInput::raw(bytes, start)
        }
        _ => {
            let reader = file.reader(track)?;
            if reader.track().params.codec != Codec::Mp3 {
                file.put_back(reader);
                return Ok(None);
            }
            FrameInput::packets(reader, gaps)
        }
    };
    let tags = input.tags().or(file.tags().clone());
    let mut copy = Copy {
        max_seconds: file.limits().max_seconds,
        sink,
        tag: tag.id3(tags, &input.part(), None)?,
        findings: Findings::new(&input.tracks()),
        info: XingInfo::default(),
        index: FrameIndex::default(),
        written: 0,
        channels: 0,
    };
    let mut scanner = Scanner::default();
    loop {
        let has_more = input.next(&mut scanner)?;
        let mut frames = 0;
        loop {
            match scanner.next(!has_more) {
                Scan::Frame(frame) => {
                    copy.frame(frame)?;
                    frames += 1;
                }
                Scan::OtherStream => return Ok(None),
                Scan::NeedMore => break,
            }
        }
        if !input.count_packets(frames * copy.frame_samples(), copy.rate(), !has_more) {
            return Ok(None);
        }
        let now = Progress {
            fraction: if has_more { input.fraction() } else { 1.0 },
            samples: copy.index.frames * copy.frame_samples(),
            bytes: copy.written,
        };
        if progress(now).is_break() {
            return Err(MediaError::Stopped);
        }
        if !has_more {
            let is_truncated = input.is_truncated(&copy.info) || scanner.is_truncated();
            return copy.finish(input.played(), is_truncated);
        }
    }
}

/// The MP3 being written.
struct Copy<'c> {
    max_seconds: u64,
    sink: &'c mut dyn Sink,
    tag: Id3Tag,
    findings: Findings,
    /// The source's Xing frame.
    info: XingInfo,
    index: FrameIndex,
    written: u64,
    channels: u8,
}

impl Copy<'_> {
    fn rate(&self) -> u32 {
        let header = self
            .index
            .header()
            .and_then(|header| FrameHeader::parse(&header));
        header.map_or(0, |header| header.sample_rate)
    }

    /// Samples per channel and frame.
    fn frame_samples(&self) -> u64 {
        samples_per_frame(self.rate())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        self.sink.write(bytes).map_err(MediaError::Write)
    }

    fn frame(&mut self, frame: &[u8]) -> Result<()> {
        if self.index.frames == 0 {
            if let Some(info) = xing::read(frame) {
                self.info = info;
                return Ok(());
            }
            self.begin(frame)?;
        }
        self.index.push(frame);
        let seconds = self.index.frames * self.frame_samples() / u64::from(self.rate().max(1));
        if seconds > self.max_seconds {
            return Err(FileError::OverLimit {
                what: Limit::Seconds,
                limit: self.max_seconds,
            }
            .into());
        }
        self.write(frame)
    }

    /// Writes the tag and a placeholder for the Xing frame.
    fn begin(&mut self, frame: &[u8]) -> Result<()> {
        let header = frame.first_chunk().copied().unwrap_or_default();
        self.channels = FrameHeader::parse(&header).map_or(0, |header| header.channels);
        let mut start = self.tag.bytes(None)?;
        let room = start.len() + xing::frame_length(header).unwrap_or(0);
        start.resize(room, 0);
        self.write(&start)
    }

    fn finish(mut self, played: Option<&Played>, is_truncated: bool) -> Result<Option<Summary>> {
        if self.index.frames == 0 {
            return Ok(None);
        }
        let (rate, total) = (self.rate(), self.index.frames * self.frame_samples());
        let lame = match (self.info.lame.take(), played) {
            // The padding was in the missing part.
            (Some(lame), _) if is_truncated => LameTag { padding: 0, ..lame },
            (Some(lame), _) => lame,
            (None, Some(played)) => lame_from_container(played, total),
            (None, None) => LameTag::default(),
        };
        let samples = total.saturating_sub(u64::from(lame.delay) + u64::from(lame.padding));
        let duration = samples::duration(samples, rate);
        let (offset, mut end) = self.tag.end(duration)?;
        end.extend_from_slice(&xing::frame(&self.index, &lame).unwrap_or_default());
        self.sink.patch(offset, &end).map_err(MediaError::Write)?;
        self.findings.set_channels(u16::from(self.channels));
        Ok(Some(Summary {
            duration,
            sample_rate: rate,
            channels: self.channels,
            samples,
            bytes: self.written,
            delay: lame.delay,
            padding: lame.padding,
            concealed: 0,
            silent: Duration::ZERO,
            gaps: Duration::ZERO,
            is_truncated,
            findings: self.findings,
        }))
    }
}

/// Delay and padding according to the container. If all samples are played, the tag has no
/// encoder name, so that players skip nothing.
fn lame_from_container(played: &Played, total: u64) -> LameTag {
    let from = played.from.unwrap_or(0);
    if from == 0 && played.count == total {
        return LameTag::default();
    }
    // The first `DECODER_DELAY` samples of every decoder are no audio, so skipping fewer
    // in the container loses nothing.
    let delay = from.saturating_sub(DECODER_DELAY);
    let padding = total.saturating_sub(from + played.count) + DECODER_DELAY;
    let clamped = |samples: u64| u32::try_from(samples).unwrap_or(u32::MAX).min(0xfff);
    LameTag {
        // Players read delay and padding only after an encoder name that they recognize.
        encoder: "LAME".to_owned(),
        quality: 0,
        delay: clamped(delay),
        padding: clamped(padding),
    }
}
