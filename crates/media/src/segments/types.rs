//! What workers exchange about segments. The records keep the field names of version
//! 0.1.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tonearm_encoder_api::EncoderError;
use tonearm_mp3::FrameIndex;

use crate::error::MediaError;
use crate::pcm::meter::Meter;
use crate::seek_point::SeekPoint;

/// A part of the audio that one worker encodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The point at which its decoder starts.
    #[serde(rename = "mark")]
    pub(super) start: SeekPoint,
    /// Its first frame, counted in the whole MP3.
    pub(super) first_frame: u64,
    /// Number of frames; `None` for the last segment, which ends with the audio.
    pub(super) frames: Option<u64>,
    /// Approximate number of frames, for progress.
    pub(super) expected_frames: u64,
}

/// The result of encoding a segment, without its frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncodedSegment {
    /// Its frames.
    #[serde(rename = "run")]
    pub(super) index: FrameIndex,
    /// Only in the last segment.
    pub(super) ending: Option<End>,
    /// Undecodable packets that were replaced with silence.
    pub(super) concealed: u64,
    /// Length of that silence.
    #[serde(default)]
    pub(super) silent: Duration,
    /// Length of the silence in place of gaps.
    #[serde(default)]
    pub(super) gaps: Duration,
    /// Whether the source is truncated.
    pub(super) is_truncated: bool,
    /// Measurements of its audio, and of the preroll before it.
    #[serde(default)]
    pub(super) meter: Option<Meter>,
}

/// The end of the audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) delay: u32,
    pub(super) padding: u32,
    /// Samples per channel of all segments.
    pub(super) samples: u64,
}

/// The error of an encoder that violates its contract.
pub(super) fn broken(what: &str) -> MediaError {
    MediaError::Encode(EncoderError::Internal(what.to_owned()))
}
