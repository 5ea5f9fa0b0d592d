//! AAC in LOAS frames, without a container (ISO/IEC 14496-3, 1.7.2).

use tonearm_media_core::{Codec, Demuxer, Input, Result, TrackChoice};

use crate::raw::frames;
use crate::track_selection;
use tonearm_framing::framer::Framing;

/// Whether three consecutive LOAS headers begin here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    let mut at = 0;
    (0..3).all(|_| match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(&[0x56, second @ 0xe0..=0xff, third]) => {
            at += 3 + (usize::from(second & 0x1f) << 8 | usize::from(third));
            true
        }
        _ => false,
    })
}

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Aac, None)?;
    frames::open(input, start, Framing::Latm)
}
