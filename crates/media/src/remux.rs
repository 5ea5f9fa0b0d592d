//! A track that is MP3 already, taken over frame by frame: no sound is lost, and
//! it takes as long as copying.
//!
//! ```text
//! bare file ────────────▶ Scanner ──whole frames──▶ sink, behind a new tag
//! container ──packets──▶                            and a new Xing frame
//! ```

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;

use crate::budget::Budget;
use crate::container::{self, Container};
use crate::convert::{Progress, Sink, Summary, length};
use crate::demux::{self, DECODER_DELAY};
use crate::error::{Limit, MediaError, Result};
use crate::feed::{Feed, Heard};
use crate::frames;
use crate::input::Input;
use crate::run::Run;
use crate::scanner::{Found, Scanner};
use crate::selection::TrackChoice;
use crate::tag::{Id3, TagOptions};
use crate::xing::{self, Label, Told};

/// Whether `track` of a file is MP3 by its container's word, so that [`remux`] is
/// worth a try. A file that cannot be opened is none.
///
/// # Errors
/// `Read`.
pub fn is_mp3(reader: impl Read + Seek + Send + 'static, track: &TrackChoice) -> Result<bool> {
    let items = Budget::default().max_items;
    let mut input = Input::new(reader)?.counting(items);
    let codec = container::recognise(&mut input).and_then(|(container, start)| match container {
        Container::Mp3 => Ok(CODEC_ID_MP3),
        _ => Ok(demux::open(input, container, start, track)?
            .track()
            .params
            .codec),
    });
    match codec {
        Err(error) if !error.is_permanent() => Err(error),
        codec => Ok(codec.is_ok_and(|codec| codec == CODEC_ID_MP3)),
    }
}

/// Copies the MP3 frames of `track` into `sink`. `None` where they cannot be
/// copied, since the track is coded otherwise or changes its sample rate; what
/// the sink holds is then to be thrown away, and the file to be converted.
///
/// Delay and padding are kept from the source's own LAME tag, else from what its
/// container says. What is no frame is left out.
///
/// # Errors
/// Any kind of [`MediaError`] but `Encode`.
pub fn remux<R>(
    reader: R,
    budget: &Budget,
    track: &TrackChoice,
    tag: &TagOptions,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Summary>>
where
    R: Read + Seek + Send + 'static,
{
    let mut input = Input::new(reader)?.counting(budget.max_items);
    if input.len() > budget.max_bytes {
        return Err(MediaError::OverBudget {
            what: Limit::Bytes,
            limit: budget.max_bytes,
        });
    }
    let (container, start) = container::recognise(&mut input)?;
    let beside = demux::read_tags(&mut input, container, start)?;
    let mut feed = match container {
        Container::Mp3 => Feed::bare(input, start),
        _ => {
            let demuxer = demux::open(input, container, start, track)?;
            if demuxer.track().params.codec != CODEC_ID_MP3 {
                return Ok(None);
            }
            Feed::packets(demuxer)
        }
    };
    let tags = feed.tags().or(beside);
    let mut copy = Copy {
        budget,
        sink,
        tag: Id3::new(tag, tags, None)?,
        told: Told::default(),
        run: Run::default(),
        written: 0,
        channels: 0,
    };
    let mut scanner = Scanner::default();
    loop {
        let more = feed.next(&mut scanner)?;
        let mut frames = 0;
        loop {
            match scanner.next(!more) {
                Found::Frame(frame) => {
                    copy.frame(frame)?;
                    frames += 1;
                }
                Found::OtherStream => return Ok(None),
                Found::Nothing => break,
            }
        }
        feed.keep(frames * copy.samples_each(), copy.rate());
        let done = Progress {
            fraction: if more { feed.fraction() } else { 1.0 },
            samples: copy.run.frames * copy.samples_each(),
            bytes: copy.written,
        };
        if progress(done).is_break() {
            return Err(MediaError::Stopped);
        }
        if !more {
            let is_cut = feed.is_cut(&copy.told) || scanner.is_cut();
            return copy.finish(feed.heard(), is_cut);
        }
    }
}

/// The new file.
struct Copy<'c> {
    budget: &'c Budget,
    sink: &'c mut dyn Sink,
    tag: Id3,
    /// What the source's own Xing frame says.
    told: Told,
    run: Run,
    written: u64,
    channels: u8,
}

impl Copy<'_> {
    fn rate(&self) -> u32 {
        let header = self.run.header.and_then(|header| frames::parse(&header));
        header.map_or(0, |header| header.sample_rate)
    }

    /// Samples per channel of a frame (ISO/IEC 11172-3, 2.4.2.1; 13818-3).
    fn samples_each(&self) -> u64 {
        if self.rate() >= 32_000 { 1152 } else { 576 }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        self.sink.write(bytes).map_err(MediaError::Write)
    }

    fn frame(&mut self, frame: &[u8]) -> Result<()> {
        if self.run.frames == 0 {
            if let Some(told) = xing::read(frame) {
                self.told = told;
                return Ok(());
            }
            self.begin(frame)?;
        }
        self.run.push(frame);
        let seconds = self.run.frames * self.samples_each() / u64::from(self.rate().max(1));
        if seconds > self.budget.max_seconds {
            return Err(MediaError::OverBudget {
                what: Limit::Seconds,
                limit: self.budget.max_seconds,
            });
        }
        self.write(frame)
    }

    /// Writes the tag, and room for the Xing frame.
    fn begin(&mut self, frame: &[u8]) -> Result<()> {
        let header = frame.first_chunk().copied().unwrap_or_default();
        self.channels = frames::parse(&header).map_or(0, |header| header.channels);
        let mut head = self.tag.bytes(None)?;
        let room = head.len() + xing::length(header).unwrap_or(0);
        head.resize(room, 0);
        self.write(&head)
    }

    fn finish(mut self, heard: Option<Heard>, is_truncated: bool) -> Result<Option<Summary>> {
        if self.run.frames == 0 {
            return Ok(None);
        }
        let (rate, all) = (self.rate(), self.run.frames * self.samples_each());
        let label = match (self.told.label.take(), heard) {
            // Its padding was behind what is missing.
            (Some(label), _) if is_truncated => Label {
                padding: 0,
                ..label
            },
            (Some(label), _) => label,
            (None, Some(heard)) => by_container(heard, all),
            (None, None) => Label::default(),
        };
        let samples = all.saturating_sub(u64::from(label.delay) + u64::from(label.padding));
        let duration = length(samples, rate);
        let (offset, mut end) = self.tag.end(duration)?;
        end.extend_from_slice(&xing::frame(&self.run, &label).unwrap_or_default());
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
fn by_container(heard: Heard, all: u64) -> Label {
    let from = heard.from.unwrap_or(0);
    if from == 0 && heard.count == all {
        return Label::default();
    }
    // The first samples that every decoder yields are none of the sound: a
    // container that leaves out fewer loses nothing.
    let delay = from.saturating_sub(DECODER_DELAY);
    let padding = all.saturating_sub(from + heard.count) + DECODER_DELAY;
    let clamped = |samples: u64| u32::try_from(samples).unwrap_or(u32::MAX).min(0xfff);
    Label {
        // A name that players know to put delay and padding there.
        encoder: "LAME".to_owned(),
        quality: 0,
        delay: clamped(delay),
        padding: clamped(padding),
    }
}
