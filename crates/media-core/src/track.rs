//! The audio track of a file.

use crate::codec_params::CodecParams;
use crate::codec_set::CodecSet;
use crate::error::FileError;
use crate::tags::Tags;

/// Selects an audio track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrackSelector {
    /// The track that the file marks as its default, else the first that can be decoded.
    #[default]
    Default,
    /// The track of this number among the audio tracks, from one.
    Number(u32),
    /// The first track of this language: ISO 639, two or three letters.
    Language(String),
}

/// Selects an audio track among those that can be decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackChoice {
    /// What the user asks for.
    pub selector: TrackSelector,
    /// The codecs that can be decoded.
    pub decodable: CodecSet,
}

impl From<TrackSelector> for TrackChoice {
    /// A choice where there is no decoder plugin.
    fn from(selector: TrackSelector) -> Self {
        Self {
            selector,
            decodable: CodecSet::default(),
        }
    }
}

/// A played part of the decoded track, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// First tick.
    pub start: u64,
    /// Number of ticks; `None` for all up to the end.
    pub length: Option<u64>,
}

/// The selected audio track.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// The codec and its configuration.
    pub params: CodecParams,
    /// Name of the codec for errors, where `params.codec` has none.
    pub codec_name: Option<String>,
    /// Ticks per second of packets and edits.
    pub tick_rate: u32,
    /// Ticks to discard at the start, across packets: the encoder delay.
    pub skip: u64,
    /// Whether the container states the length of every packet exactly, so that
    /// seek points need no decoding.
    pub has_exact_ticks: bool,
    /// Played parts in ascending order; the whole track if empty.
    pub edits: Vec<Edit>,
    /// Length of the played audio in seconds, where the container states it.
    pub seconds: Option<f64>,
    /// Title and other metadata.
    pub tags: Tags,
}

impl Track {
    /// The error that names this track's codec.
    pub fn unsupported(&self) -> FileError {
        let name = self
            .codec_name
            .clone()
            .or_else(|| self.params.codec.name().map(str::to_owned))
            .unwrap_or_else(|| "an unknown codec".to_owned());
        FileError::UnsupportedCodec { name }
    }
}
