//! MPEG audio (MP3, MP2, MP1), without a container.
//!
//! symphonia's reader is not used: without a Xing frame it estimates the length from a few
//! frames and stops there, which can drop half of a file with a variable bitrate.

use tonearm_media_core::{Demuxer, Edit, FileError, Input, Result, Track, TrackChoice};

use crate::id3v2;
use crate::raw::adts::estimate;
use crate::raw::frames::Bytes;
use crate::track_selection;
use tonearm_framing::frame;
use tonearm_framing::frame_header;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;
use tonearm_mp3::xing::{self, XingInfo};

/// Delay of every MP3 decoder, in samples. It is not part of the delay in LAME's tag.
pub const DECODER_DELAY: u64 = 529;
/// Maximum length of a frame, in bytes.
const MAX_FRAME: usize = 4608;

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let bytes = input.peek(start, MAX_FRAME)?;
    let (header, first) =
        frame_header::parse(&bytes)
            .zip(frame::mpeg(&bytes))
            .ok_or(FileError::Damaged {
                detail: "no frame of MPEG audio",
            })?;
    let info = bytes.get(..header.length).and_then(xing::read);
    let mut track = Track {
        tick_rate: header.sample_rate,
        ..Track::default()
    };
    if let Some(format) = &first.format {
        track_selection::only(choice, format.codec, None)?;
    }
    let mut end = input.len();
    let Some(info) = info else {
        track.seconds = estimate(&mut input, start, first.samples);
        return FramedDemuxer::open(Bytes::new(input, start, end), Framing::Mpeg, track);
    };
    let data = start + header.length as u64;
    let continues = continues(&mut input, start, &info)?;
    if info.is_truncated(end.saturating_sub(start)) {
        // The stated end, so that reading reports the truncation.
        end = start.saturating_add(info.bytes.unwrap_or(0));
    }
    let lame = info.lame.unwrap_or_default();
    let total = info
        .frames
        .map(|frames| frames.saturating_mul(first.samples));
    let played =
        total.map(|total| total.saturating_sub(u64::from(lame.delay) + u64::from(lame.padding)));
    let played = played.filter(|&played| played > 0 && !continues);
    track.seconds = match played {
        Some(played) => Some(played as f64 / f64::from(header.sample_rate)),
        None => estimate(&mut input, data, first.samples),
    };
    if (lame.delay, lame.padding) != (0, 0) {
        track.edits = vec![Edit {
            start: DECODER_DELAY + u64::from(lame.delay),
            length: played,
        }];
    }
    FramedDemuxer::open(Bytes::new(input, data, end), Framing::Mpeg, track)
}

/// Whether more frames follow the last one that the Xing frame at `start` counts, as in
/// concatenated files.
fn continues(input: &mut Input, start: u64, info: &XingInfo) -> Result<bool> {
    let Some(end) = info.bytes.and_then(|bytes| start.checked_add(bytes)) else {
        return Ok(false);
    };
    let after = input.peek(end, 10)?;
    let next = match id3v2::length(&after) {
        Some(length) => input.peek(end.saturating_add(length), 4)?,
        None => after,
    };
    Ok(frame_header::parse(&next).is_some_and(|frame| !frame.is_adts))
}
