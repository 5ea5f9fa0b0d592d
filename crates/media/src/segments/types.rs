//! What workers exchange about segments. The records keep the field names of version
//! 0.1.

use serde::{Deserialize, Serialize};
use tonearm_encoder_api::EncoderError;
use tonearm_mp3::FrameIndex;

use crate::error::MediaError;
use crate::seek_point::SeekPoint;

/// A part of the sound that one worker encodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Where its decoder starts.
    #[serde(rename = "mark")]
    pub(super) start: SeekPoint,
    /// Its first frame, counted in the whole MP3.
    pub(super) first_frame: u64,
    /// How many frames; to the end of the sound for the last segment.
    pub(super) frames: Option<u64>,
    /// How many frames it will be, more or less.
    pub(super) expected_frames: u64,
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedSegment {
    /// Its frames.
    #[serde(rename = "run")]
    pub(super) index: FrameIndex,
    /// What the last part knows.
    pub(super) ending: Option<End>,
    /// Packets that could not be decoded and became silence.
    pub(super) concealed: u64,
    /// Whether the source ended in the middle of something.
    pub(super) is_truncated: bool,
}

/// The end of the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) delay: u32,
    pub(super) padding: u32,
    /// Samples per channel of the whole.
    pub(super) samples: u64,
}

/// An encoder that breaks its contract.
pub(super) fn broken(what: &str) -> MediaError {
    MediaError::Encode(EncoderError::Internal(what.to_owned()))
}
