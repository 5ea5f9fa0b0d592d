//! Bare MPEG audio: MP3, MP2, MP1.
//!
//! Ours rather than symphonia's because that guesses the length from a few frames where
//! no Xing frame tells it, and ends there: half of a file whose bitrate varies was lost.

use tonearm_media_core::{Demuxer, Edit, FileError, Input, Result, Track, TrackSelector};

use crate::id3v2;
use crate::raw::adts::estimate;
use crate::raw::frames::Bytes;
use crate::track_selection;
use tonearm_framing::frame;
use tonearm_framing::frame_header;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;
use tonearm_mp3::xing::{self, XingInfo};

/// Samples by which every decoder of MP3 is late; LAME's delay is counted without them.
pub const DECODER_DELAY: u64 = 529;
/// Bytes that hold the longest frame.
const MAX_FRAME: usize = 4608;

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(
    mut input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let head = input.peek(start, MAX_FRAME)?;
    let (header, first) =
        frame_header::parse(&head)
            .zip(frame::mpeg(&head))
            .ok_or(FileError::Damaged {
                detail: "no frame of MPEG audio",
            })?;
    let told = head.get(..header.length).and_then(xing::read);
    let mut track = Track {
        tick_rate: header.sample_rate,
        ..Track::default()
    };
    if let Some(format) = &first.format {
        track_selection::only(selector, format.codec, None)?;
    }
    let mut end = input.len();
    let Some(told) = told else {
        track.seconds = estimate(&mut input, start, first.samples);
        return FramedDemuxer::open(Bytes::new(input, start, end), Framing::Mpeg, track);
    };
    let sound = start + header.length as u64;
    let goes_on = goes_on(&mut input, start, &told)?;
    if told.is_truncated(end.saturating_sub(start)) {
        // Where it should end, so that it is told when it does not.
        end = start.saturating_add(told.bytes.unwrap_or(0));
    }
    let label = told.lame.unwrap_or_default();
    let all = told
        .frames
        .map(|frames| frames.saturating_mul(first.samples));
    let heard =
        all.map(|all| all.saturating_sub(u64::from(label.delay) + u64::from(label.padding)));
    let heard = heard.filter(|&heard| heard > 0 && !goes_on);
    track.seconds = match heard {
        Some(heard) => Some(heard as f64 / f64::from(header.sample_rate)),
        None => estimate(&mut input, sound, first.samples),
    };
    if (label.delay, label.padding) != (0, 0) {
        track.edits = vec![Edit {
            start: DECODER_DELAY + u64::from(label.delay),
            length: heard,
        }];
    }
    FramedDemuxer::open(Bytes::new(input, sound, end), Framing::Mpeg, track)
}

/// Whether frames follow the last of those that the Xing frame at `start` counts, as in
/// files that were put behind one another.
fn goes_on(input: &mut Input, start: u64, told: &XingInfo) -> Result<bool> {
    let Some(end) = told.bytes.and_then(|bytes| start.checked_add(bytes)) else {
        return Ok(false);
    };
    let behind = input.peek(end, 10)?;
    let next = match id3v2::length(&behind) {
        Some(length) => input.peek(end.saturating_add(length), 4)?,
        None => behind,
    };
    Ok(frame_header::parse(&next).is_some_and(|frame| !frame.is_adts))
}
