//! The audio tracks of a file, as a user sees them.

use crate::codec::Codec;
use crate::tags::one_line;

/// One audio track. Its texts come from the file: they have no control characters and a
/// limited length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedTrack {
    /// Its number among the audio tracks, from one.
    pub number: u32,
    /// The codec's usual name.
    pub codec: String,
    /// ISO 639 or BCP 47.
    pub language: Option<String>,
    /// At most [`MAX_TITLE`](Self::MAX_TITLE) characters.
    pub title: Option<String>,
    /// Number of channels, where the container states it.
    pub channels: Option<u16>,
    /// Whether the file marks it as a default.
    pub is_default: bool,
    /// Whether it is not the sound of the picture alone: commentary, audio description.
    pub is_secondary: bool,
}

impl ListedTrack {
    /// Longest title in characters.
    pub const MAX_TITLE: usize = 200;

    /// A text of the file as a title; `None` if it is blank.
    pub fn title_of(text: &str) -> Option<String> {
        Some(one_line(text, Self::MAX_TITLE)).filter(|title| !title.is_empty())
    }

    /// Codec, language and title, such as "AAC, deu, “Director”".
    pub fn describe(&self) -> String {
        let title = self.title.as_ref().map(|title| format!("“{title}”"));
        let parts = [Some(self.codec.clone()), self.language.clone(), title];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// The audio tracks of a file, and those that a choice prefers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackList {
    /// The tracks in the order of their numbers, at most [`MAX`](Self::MAX).
    pub tracks: Vec<ListedTrack>,
    /// The number of the selected track; 0 if none matches the choice.
    pub taken: u32,
    /// Numbers of the tracks that match the choice and can be decoded, best first.
    pub preferred: Vec<u32>,
    /// The number of the track that would come first if it could be decoded.
    pub undecodable: Option<u32>,
}

impl TrackList {
    /// Most tracks in a list.
    pub const MAX: usize = 32;

    /// A single track, of which nothing but the codec is known.
    pub fn only(codec: Codec) -> Self {
        Self {
            tracks: vec![ListedTrack {
                number: 1,
                codec: codec.name().unwrap_or("an unknown codec").to_owned(),
                is_default: true,
                ..ListedTrack::default()
            }],
            taken: 1,
            preferred: vec![1],
            undecodable: None,
        }
    }

    /// The track of this number.
    pub fn track(&self, number: u32) -> Option<&ListedTrack> {
        self.tracks.iter().find(|track| track.number == number)
    }
}
