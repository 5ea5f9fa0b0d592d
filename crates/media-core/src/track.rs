//! The audio track of a file.

use std::sync::{Arc, OnceLock};

use crate::codec_params::CodecParams;
use crate::codec_set::CodecSet;
use crate::error::FileError;
use crate::tags::Tags;
use crate::track_list::TrackList;

/// Selects an audio track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrackSelector {
    /// Of the tracks that can be decoded, the one that the file marks as its default and
    /// that is no commentary.
    #[default]
    Default,
    /// The track of this number among the audio tracks, from one.
    Number(u32),
    /// The first track of this language: ISO 639, two or three letters.
    Language(String),
}

/// Selects an audio track among those that can be decoded. Its clones share the list of
/// the tracks that a demuxer finds.
#[derive(Clone, Debug, Default)]
pub struct TrackChoice {
    /// What the user asks for.
    pub selector: TrackSelector,
    /// The codecs that can be decoded.
    pub decodable: CodecSet,
    found: Arc<OnceLock<TrackList>>,
}

impl TrackChoice {
    /// A choice among the built-in codecs and others.
    pub fn new(selector: TrackSelector, decodable: CodecSet) -> Self {
        Self {
            selector,
            decodable,
            found: Arc::default(),
        }
    }

    /// Records the tracks of the file. Demuxers do so when they select one, so that the
    /// list is available even if that track cannot be opened.
    pub fn record(&self, tracks: TrackList) {
        // Only the first stream of a chain has tracks to choose from.
        let _ = self.found.set(tracks);
    }

    /// The tracks of the file; empty before a demuxer has recorded them.
    pub fn found(&self) -> TrackList {
        self.found.get().cloned().unwrap_or_default()
    }
}

impl From<TrackSelector> for TrackChoice {
    /// A choice where there is no decoder plugin.
    fn from(selector: TrackSelector) -> Self {
        Self::new(selector, CodecSet::default())
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
