//! Selects one of several audio tracks.

use tonearm_media_core::{
    Codec, CodecSet, FileError, ListedTrack, Result, TrackChoice, TrackList, TrackSelector,
};

use tonearm_media_core::language;

/// An audio track, as described by its container.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Whether it is marked as a default track; true if the container has no such mark.
    pub(crate) is_default: bool,
    pub(crate) codec: Codec,
    /// The name of an unsupported codec.
    pub(crate) codec_name: Option<String>,
    /// ISO 639 or BCP 47, as in the file.
    pub(crate) language: Option<String>,
    /// As in the file.
    pub(crate) title: Option<String>,
    /// Number of channels, if stated.
    pub(crate) channels: Option<u16>,
    /// Whether it is marked as commentary, as audio description, or for the hard of
    /// hearing.
    pub(crate) is_secondary: bool,
}

impl Default for Candidate {
    /// A default track of an unknown codec, of which nothing else is stated.
    fn default() -> Self {
        Self {
            is_default: true,
            codec: Codec::Unknown,
            codec_name: None,
            language: None,
            title: None,
            channels: None,
            is_secondary: false,
        }
    }
}

/// Words in the titles of tracks that are not the sound of the picture, in lower case.
const SECONDARY_TITLES: &[&str] = &[
    "commentary",
    "kommentar",
    "commentaire",
    "comentario",
    "commento",
    "комментар",
    "audio description",
    "audiodescription",
    "audiodeskription",
    "descriptive",
    "described video",
];
/// Titles that contain one of those words, and mean the opposite.
const MAIN_TITLES: &[&str] = &["no commentary", "without commentary", "ohne kommentar"];

impl Candidate {
    fn is_decodable(&self, decodable: &CodecSet) -> bool {
        self.codec_name.is_none() && decodable.contains(self.codec)
    }

    /// The rank of a track among those that match the selector; the lowest is taken. The
    /// mark of the default counts first, as in players, and a title is a weak hint.
    fn rank(&self) -> (bool, bool, bool) {
        (
            !self.is_default,
            self.is_secondary,
            self.title.as_deref().is_some_and(is_secondary_title),
        )
    }

    fn listed(&self, index: usize) -> ListedTrack {
        let known = || Codec::name(self.codec).map(str::to_owned);
        let codec = self.codec_name.clone().or_else(known);
        let language = self.language.as_deref().and_then(language::plain);
        ListedTrack {
            number: number(index),
            codec: codec.unwrap_or_else(|| "an unknown codec".to_owned()),
            language: language.map(str::to_owned),
            title: self.title.as_deref().and_then(ListedTrack::title_of),
            channels: self.channels,
            is_default: self.is_default,
            is_secondary: self.is_secondary,
        }
    }
}

fn is_secondary_title(title: &str) -> bool {
    let title = title.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
    has(SECONDARY_TITLES) && !has(MAIN_TITLES)
}

/// The number of the track at an index.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

/// The index of the selected track among the candidates. The choice records the list of
/// tracks.
///
/// # Errors
/// `NoAudioTrack` without candidates, `NoSuchTrack` if none matches the selector.
pub(crate) fn choose(choice: &TrackChoice, tracks: &[Candidate]) -> Result<usize> {
    if tracks.is_empty() {
        return Err(FileError::NoAudioTrack);
    }
    let is_match = |at: &usize| match &choice.selector {
        TrackSelector::Default => true,
        TrackSelector::Number(wanted) => number(*at) == *wanted,
        TrackSelector::Language(wanted) => {
            let own = tracks[*at].language.as_deref();
            own.is_some_and(|own| language::matches(own, wanted))
        }
    };
    let mut matches: Vec<usize> = (0..tracks.len()).filter(is_match).collect();
    // The sort is stable: of equal tracks, the first is taken.
    matches.sort_by_key(|&at| tracks[at].rank());
    let (decodable, undecodable): (Vec<usize>, Vec<usize>) = matches
        .iter()
        .partition(|&&at| tracks[at].is_decodable(&choice.decodable));
    let found = decodable.first().or(undecodable.first()).copied();
    let first = matches.first().copied();
    let list = tracks.iter().take(TrackList::MAX).enumerate();
    let list = TrackList {
        tracks: list.map(|(at, track)| track.listed(at)).collect(),
        taken: found.map_or(0, number),
        preferred: decodable.into_iter().map(number).collect(),
        undecodable: first.filter(|_| first != found).map(number),
    };
    let found = found.ok_or_else(|| {
        let tracks = list.tracks.iter();
        let tracks: Vec<String> = tracks
            .map(|track| format!("{} ({})", track.number, track.describe()))
            .collect();
        FileError::NoSuchTrack {
            tracks: tracks.join(", "),
        }
    });
    choice.record(list);
    found
}

/// [`choose`] for a container with a single track and no information but its codec.
pub(crate) fn only(choice: &TrackChoice, codec: Codec, codec_name: Option<String>) -> Result<()> {
    let only = Candidate {
        codec,
        codec_name,
        ..Candidate::default()
    };
    choose(choice, &[only]).map(|_| ())
}

/// The error for a file whose only track has an unsupported codec: `UnsupportedCodec`, or
/// `NoSuchTrack` if the selector does not match that track.
pub(crate) fn refuse(choice: &TrackChoice, name: String) -> FileError {
    match only(choice, Codec::Unknown, Some(name.clone())) {
        Ok(()) => FileError::UnsupportedCodec { name },
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonearm_media_core::Codec;

    fn track(codec: Codec, is_default: bool, language: &str) -> Candidate {
        Candidate {
            is_default,
            codec,
            language: Some(language.to_owned()),
            ..Candidate::default()
        }
    }

    #[test]
    fn tracks_are_selected_by_default_by_number_and_by_language() {
        let tracks = [
            track(Codec::Dts, true, "eng"),
            track(Codec::Aac, false, "eng"),
            track(Codec::Aac, true, "de-AT"),
        ];
        let by = |selector: TrackSelector| {
            choose(&selector.into(), &tracks).map_err(|error| error.to_string())
        };
        assert_eq!(by(TrackSelector::Default), Ok(2));
        assert_eq!(by(TrackSelector::Number(1)), Ok(0));
        assert_eq!(by(TrackSelector::Language("en".to_owned())), Ok(1));
        assert_eq!(by(TrackSelector::Language("ger".to_owned())), Ok(2));
        let expected = "The file has no such audio track. It has these: \
                        1 (DTS, eng), 2 (AAC, eng), 3 (AAC, de-AT).";
        for selector in [
            TrackSelector::Number(0),
            TrackSelector::Number(4),
            TrackSelector::Language("fr".to_owned()),
        ] {
            assert_eq!(by(selector), Err(expected.to_owned()));
        }
        let none = choose(&TrackSelector::Number(1).into(), &[]);
        assert_eq!(none.unwrap_err().code(), "no_audio_track");
    }

    #[test]
    fn a_commentary_gives_way_to_the_sound_of_the_picture() {
        let titled = |is_default, is_secondary, title: &str| Candidate {
            title: Some(title.to_owned()),
            is_secondary,
            ..track(Codec::Aac, is_default, "eng")
        };
        let chosen = |tracks: &[Candidate]| {
            choose(&TrackSelector::Default.into(), tracks).map_err(|error| error.to_string())
        };
        let marked = [titled(true, true, "A"), titled(true, false, "B")];
        assert_eq!(chosen(&marked), Ok(1));
        let by_title = [
            titled(true, false, "Director\u{2019}s Commentary"),
            titled(true, false, "No commentary"),
        ];
        assert_eq!(chosen(&by_title), Ok(1));
        // The mark of the default counts before a title.
        let default = [titled(true, false, "Kommentar"), titled(false, false, "B")];
        assert_eq!(chosen(&default), Ok(0));
    }

    #[test]
    fn the_tracks_are_listed_without_control_characters_and_bounded() {
        let mut tracks = vec![track(Codec::Dts, true, "eng")];
        tracks.push(Candidate {
            title: Some(format!("\u{202e}one\ntwo{}", "x".repeat(500))),
            channels: Some(6),
            is_default: false,
            ..track(Codec::Aac, false, "und")
        });
        tracks.resize(100, track(Codec::Aac, false, "deu"));
        let choice: TrackChoice = TrackSelector::Default.into();
        assert_eq!(choose(&choice, &tracks).ok(), Some(1));
        let list = choice.found();
        assert_eq!(list.tracks.len(), TrackList::MAX);
        assert_eq!((list.undecodable, list.preferred[0]), (Some(1), 2));
        let second = list.track(2).unwrap();
        let title = second.title.as_deref().unwrap();
        assert_eq!(title.chars().count(), ListedTrack::MAX_TITLE);
        assert!(title.starts_with("one two"), "{title}");
        assert_eq!((second.channels, &second.language), (Some(6), &None));
        assert!(second.describe().starts_with("AAC, “one two"));
    }
}
