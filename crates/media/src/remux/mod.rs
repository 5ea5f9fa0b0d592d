//! A track that is MP3 already, taken over frame by frame: no sound is lost, and
//! it takes as long as copying.
//!
//! ```text
//! bare file ────────────▶ Scanner ──whole frames──▶ sink, behind a new tag
//! container ──packets──▶                            and a new Xing frame
//! ```

mod input;

use std::ops::ControlFlow;

use tonearm_media_core::{Codec, FileError, Limit, TrackSelector};
use tonearm_mp3::xing::{self, LameTag, XingInfo};
use tonearm_mp3::{FrameHeader, FrameIndex, Id3Tag, Scan, Scanner, samples_per_frame};

use self::input::{FrameInput, Played};
use crate::convert::{Progress, Sink, Summary};
use crate::error::{MediaError, Result};
use crate::opened_file::OpenedFile;
use crate::samples;
use crate::tag::TagOptions;
use tonearm_demux::{Container, DECODER_DELAY};

/// Copies the MP3 frames of `track` into `sink`. `None` where they cannot be
/// copied, since the track is coded otherwise or changes its sample rate; what
/// the sink holds is then to be thrown away, and the file to be converted.
///
/// Delay and padding are kept from the source's own LAME tag, else from what its
/// container says. What is no frame is left out.
///
/// # Errors
/// Any kind of [`MediaError`] but `Encode`.
pub fn remux(
    file: &mut OpenedFile,
    track: &TrackSelector,
    tag: &TagOptions,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Summary>> {
    let mut input = match file.container() {
        Container::Mp3 => {
            let (bytes, start) = file.bytes();
            FrameInput::bare(bytes, start)
        }
        _ => {
            let reader = file.reader(track)?;
            if reader.track().params.codec != Codec::Mp3 {
                file.put_back(reader);
                return Ok(None);
            }
            FrameInput::packets(reader)
        }
    };
    let tags = input.tags().or(file.tags().clone());
    let mut copy = Copy {
        max_seconds: file.limits().max_seconds,
        sink,
        tag: tag.id3(tags, None)?,
        info: XingInfo::default(),
        index: FrameIndex::default(),
        written: 0,
        channels: 0,
    };
    let mut scanner = Scanner::default();
    loop {
        let more = input.next(&mut scanner)?;
        let mut frames = 0;
        loop {
            match scanner.next(!more) {
                Scan::Frame(frame) => {
                    copy.frame(frame)?;
                    frames += 1;
                }
                Scan::OtherStream => return Ok(None),
                Scan::NeedMore => break,
            }
        }
        input.keep(frames * copy.samples_each(), copy.rate());
        let done = Progress {
            fraction: if more { input.fraction() } else { 1.0 },
            samples: copy.index.frames * copy.samples_each(),
            bytes: copy.written,
        };
        if progress(done).is_break() {
            return Err(MediaError::Stopped);
        }
        if !more {
            let is_cut = input.is_cut(&copy.info) || scanner.is_truncated();
            return copy.finish(input.played(), is_cut);
        }
    }
}

/// The new file.
struct Copy<'c> {
    max_seconds: u64,
    sink: &'c mut dyn Sink,
    tag: Id3Tag,
    /// The source's own Xing frame.
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

    /// Samples per channel of a frame.
    fn samples_each(&self) -> u64 {
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
        let seconds = self.index.frames * self.samples_each() / u64::from(self.rate().max(1));
        if seconds > self.max_seconds {
            return Err(FileError::OverLimit {
                what: Limit::Seconds,
                limit: self.max_seconds,
            }
            .into());
        }
        self.write(frame)
    }

    /// Writes the tag, and room for the Xing frame.
    fn begin(&mut self, frame: &[u8]) -> Result<()> {
        let header = frame.first_chunk().copied().unwrap_or_default();
        self.channels = FrameHeader::parse(&header).map_or(0, |header| header.channels);
        let mut head = self.tag.bytes(None)?;
        let room = head.len() + xing::frame_length(header).unwrap_or(0);
        head.resize(room, 0);
        self.write(&head)
    }

    fn finish(mut self, heard: Option<Played>, is_truncated: bool) -> Result<Option<Summary>> {
        if self.index.frames == 0 {
            return Ok(None);
        }
        let (rate, all) = (self.rate(), self.index.frames * self.samples_each());
        let label = match (self.info.lame.take(), heard) {
            // Its padding was behind what is missing.
            (Some(label), _) if is_truncated => LameTag {
                padding: 0,
                ..label
            },
            (Some(label), _) => label,
            (None, Some(heard)) => by_container(heard, all),
            (None, None) => LameTag::default(),
        };
        let samples = all.saturating_sub(u64::from(label.delay) + u64::from(label.padding));
        let duration = samples::duration(samples, rate);
        let (offset, mut end) = self.tag.end(duration)?;
        end.extend_from_slice(&xing::frame(&self.index, &label).unwrap_or_default());
        self.sink.patch(offset, &end).map_err(MediaError::Write)?;
        Ok(Some(Summary {
            duration,
            sample_rate: rate,
            channels: self.channels,
            samples,
            bytes: self.written,
            delay: label.delay,
            padding: label.padding,
            concealed: 0,
            is_truncated,
        }))
    }
}

/// Delay and padding as a container tells them. Where it leaves out nothing,
/// neither should a player, and a player that finds no encoder's name does not.
fn by_container(heard: Played, all: u64) -> LameTag {
    let from = heard.from.unwrap_or(0);
    if from == 0 && heard.count == all {
        return LameTag::default();
    }
    // The first samples that every decoder yields are none of the sound: a
    // container that leaves out fewer loses nothing.
    let delay = from.saturating_sub(DECODER_DELAY);
    let padding = all.saturating_sub(from + heard.count) + DECODER_DELAY;
    let clamped = |samples: u64| u32::try_from(samples).unwrap_or(u32::MAX).min(0xfff);
    LameTag {
        // A name that players know to put delay and padding there.
        encoder: "LAME".to_owned(),
        quality: 0,
        delay: clamped(delay),
        padding: clamped(padding),
    }
}
