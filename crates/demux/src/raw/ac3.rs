//! AC-3 and E-AC-3, without a container.

use tonearm_media_core::{Codec, Demuxer, Input, Result, TrackChoice, frame_header::ac3};

use crate::raw::frames;
use crate::track_selection;
use tonearm_framing::framer::Framing;

/// Whether a frame begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    ac3::parse(bytes).is_some()
}

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Ac3, None)?;
    frames::open(input, start, Framing::Ac3)
}
