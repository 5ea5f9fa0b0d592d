//! AAC in ADTS frames, without a container.
//!
//! symphonia's reader is not used, because an ADTS header does not signal HE-AAC: the
//! decoder gets a configuration derived from the header, and detects HE-AAC itself. Junk
//! between frames is skipped, and a change of channels or sample rate is followed.

use tonearm_media_core::{Codec, Demuxer, Input, Result, Track, TrackChoice};

use crate::raw::frames::Bytes;
use crate::track_selection;
use tonearm_framing::frame_header;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// Samples per channel in a frame.
const SAMPLES: u64 = 1024;
/// Bytes from which a duration is estimated.
const SAMPLE_BYTES: usize = 64 << 10;

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Aac, None)?;
    let track = Track {
        seconds: estimate(&mut input, start, SAMPLES),
        ..Track::default()
    };
    let end = input.len();
    FramedDemuxer::open(Bytes::new(input, start, end), Framing::Adts, track)
}

/// Estimates the duration in seconds from the mean size of the first frames; `samples` is
/// the number of samples per frame.
pub(crate) fn estimate(input: &mut Input, start: u64, samples: u64) -> Option<f64> {
    let bytes = input.peek(start, SAMPLE_BYTES).ok()?;
    let rate = frame_header::parse(&bytes)?.sample_rate;
    let mut at = 0;
    let mut frames = 0;
    while let Some(frame) = bytes.get(at..).and_then(frame_header::parse) {
        at += frame.length;
        frames += samples;
    }
    let bytes = input.len().saturating_sub(start) as f64;
    (at > 0).then_some(bytes * frames as f64 / f64::from(rate) / at as f64)
}
