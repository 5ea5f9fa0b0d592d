//! The links of a chain (RFC 3533, section 4): the logical streams that begin together.

use tonearm_media_core::{Codec, FileError, Result, TrackChoice};

use super::mapping::{Identified, Mapping, Theora, identify};
use super::page::{Page, PageReader, PageStep};
use crate::track_selection::{self, Candidate};

/// Most logical streams of a link.
const MAX_STREAMS: usize = 256;
/// Most pages in which the first video frame is looked for.
const MAX_PAGES: usize = 2000;

/// A stream that can be read, or the name of its codec.
type AudioStream = Result<Box<dyn Mapping>, &'static str>;

/// The first pages of a link.
#[derive(Default)]
pub(super) struct FirstPages {
    audio: Vec<(u32, AudioStream)>,
    video: Option<(u32, Theora)>,
}

/// The selected stream of a link.
pub(super) struct Selected {
    pub(super) serial: u32,
    pub(super) mapping: Box<dyn Mapping>,
    /// A video beside it.
    pub(super) video: Option<(u32, Theora)>,
}

impl FirstPages {
    /// Adds the first page of a logical stream, which has its first packet only.
    pub(super) fn add(&mut self, page: &Page) {
        if self.audio.len() >= MAX_STREAMS {
            return;
        }
        match identify(&page.body) {
            Identified::Audio(mapping) => self.audio.push((page.serial, Ok(mapping))),
            Identified::Named(name) => self.audio.push((page.serial, Err(name))),
            Identified::Video(video) => {
                self.video.get_or_insert((page.serial, video));
            }
            Identified::Other => {}
        }
    }

    /// Selects the audio stream.
    ///
    /// # Errors
    /// `NoAudioTrack`, `NoSuchTrack`, `UnsupportedCodec`.
    pub(super) fn select(mut self, choice: &TrackChoice) -> Result<Selected> {
        let candidates = self.audio.iter().map(|(_, stream)| Candidate {
            codec: stream
                .as_ref()
                .map_or(Codec::Unknown, |mapping| mapping.codec()),
            codec_name: stream.as_ref().err().map(|&name| name.to_owned()),
            channels: stream.as_ref().ok().and_then(|mapping| mapping.channels()),
            ..Candidate::default()
        });
        let index = track_selection::choose(choice, &candidates.collect::<Vec<_>>())?;
        let (serial, stream) = self.audio.swap_remove(index);
        let mapping = stream.map_err(|name| FileError::UnsupportedCodec {
            name: name.to_owned(),
        })?;
        Ok(Selected {
            serial,
            mapping,
            video: self.video,
        })
    }
}

/// Nanoseconds to the first frame of a video, looked for from the next page on.
///
/// # Errors
/// `OverLimit`, `Read`.
pub(super) fn video_start(mut pages: PageReader, video: &(u32, Theora)) -> Result<Option<i64>> {
    let (serial, theora) = video;
    let mut page = Page::default();
    for _ in 0..MAX_PAGES {
        match pages.next(&mut page, |page| page.serial == *serial)? {
            PageStep::Page => {
                if let Some(start) = theora.start(&page) {
                    return Ok(Some(start));
                }
            }
            PageStep::Skipped => {}
            PageStep::End | PageStep::Truncated => break,
        }
    }
    Ok(None)
}
