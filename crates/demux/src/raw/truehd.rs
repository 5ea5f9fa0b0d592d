//! Dolby TrueHD and MLP, without a container.

use tonearm_media_core::{Codec, Demuxer, Input, Result, TrackChoice, frame_header::mlp};

use crate::raw::frames;
use crate::track_selection;
use tonearm_framing::framer::Framing;

/// Whether an access unit with a major sync begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    mlp::major_sync(bytes).is_some_and(|sync| mlp::unit_length(bytes, &sync).is_some())
}

/// Opens a stream whose first access unit is at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let bytes = input.peek(start, mlp::HEADER_LENGTH)?;
    let codec = match mlp::major_sync(&bytes) {
        Some(sync) if sync.is_mlp => Codec::Mlp,
        _ => Codec::TrueHd,
    };
    track_selection::only(choice, codec, None)?;
    frames::open(input, start, Framing::Mlp)
}
