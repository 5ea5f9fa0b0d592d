//! Selects one of several audio tracks.

use tonearm_media_core::{Codec, CodecSet, FileError, Result, TrackChoice, TrackSelector};

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
}

impl Candidate {
    fn is_decodable(&self, decodable: &CodecSet) -> bool {
        self.codec_name.is_none() && decodable.contains(self.codec)
    }

    /// Codec and language, such as "AAC, deu".
    fn describe(&self) -> String {
        let known = || Codec::name(self.codec).map(str::to_owned);
        let name = self.codec_name.clone().or_else(known);
        let name = name.unwrap_or_else(|| "an unknown codec".to_owned());
        match self.language.as_deref().and_then(language::plain) {
            Some(language) => format!("{name}, {language}"),
            None => name,
        }
    }
}

/// Maximum number of tracks that an error lists.
const MAX_LISTED: usize = 32;

/// The index of the selected track among the candidates.
///
/// # Errors
/// `NoAudioTrack` without candidates, `NoSuchTrack` if none matches the selector.
pub(crate) fn choose(choice: &TrackChoice, tracks: &[Candidate]) -> Result<usize> {
    let indices = || 0..tracks.len();
    let best = |indices: &mut dyn Iterator<Item = usize>| {
        indices.min_by_key(|&at| {
            (
                !tracks[at].is_decodable(&choice.decodable),
                !tracks[at].is_default,
            )
        })
    };
    if tracks.is_empty() {
        return Err(FileError::NoAudioTrack);
    }
    let found = match &choice.selector {
        TrackSelector::Default => best(&mut indices()),
        TrackSelector::Number(number) => usize::try_from(*number)
            .ok()
            .and_then(|number| number.checked_sub(1))
            .filter(|&at| at < tracks.len()),
        TrackSelector::Language(wanted) => best(&mut indices().filter(|&at| {
            let own = tracks[at].language.as_deref();
            own.is_some_and(|own| language::matches(own, wanted))
        })),
    };
    found.ok_or_else(|| {
        let list = tracks.iter().take(MAX_LISTED).enumerate();
        let list: Vec<String> = list
            .map(|(at, track)| format!("{} ({})", at + 1, track.describe()))
            .collect();
        FileError::NoSuchTrack {
            tracks: list.join(", "),
        }
    })
}

/// [`choose`] for a container with a single track and no information but its codec.
pub(crate) fn only(choice: &TrackChoice, codec: Codec, codec_name: Option<String>) -> Result<()> {
    let only = Candidate {
        is_default: true,
        codec,
        codec_name,
        language: None,
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
            codec_name: None,
            language: Some(language.to_owned()),
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
}
