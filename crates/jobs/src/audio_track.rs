//! The audio tracks of an uploaded file.

use serde::{Deserialize, Serialize};

/// One audio track of an uploaded file, as its record and the API list it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioTrack {
    /// Its number among the audio tracks, from one: the value of the option `track`.
    pub number: u32,
    /// The codec's usual name.
    pub codec: String,
    /// ISO 639 or BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// On one line, of a limited length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Number of channels, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u16>,
    /// Whether the MP3 has the sound of this track.
    pub taken: bool,
}
