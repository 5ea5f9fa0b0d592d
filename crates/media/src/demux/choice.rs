//! Which of several audio tracks is taken.

use ::symphonia::core::codecs::audio::AudioCodecId;

use crate::codec;
use crate::decode;
use crate::error::{MediaError, Result};
use crate::language;
use crate::selection::TrackChoice;

/// What a container says of an audio track.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Marked to be played unless someone says otherwise; true where the
    /// container has no such mark.
    pub(super) is_default: bool,
    pub(super) codec: AudioCodecId,
    /// Name of a codec that cannot be decoded.
    pub(super) codec_name: Option<String>,
    /// ISO 639 or BCP 47, as the file has it.
    pub(super) language: Option<String>,
}

impl Candidate {
    fn is_decodable(&self) -> bool {
        self.codec_name.is_none() && decode::is_supported(self.codec)
    }

    /// "AAC, deu".
    fn describe(&self) -> String {
        let known = || codec::name_of(self.codec).map(str::to_owned);
        let name = self.codec_name.clone().or_else(known);
        let name = name.unwrap_or_else(|| "an unknown codec".to_owned());
        match self.language.as_deref().and_then(language::plain) {
            Some(language) => format!("{name}, {language}"),
            None => name,
        }
    }
}

/// Tracks that an error lists.
const MAX_LISTED: usize = 32;

/// The place of the chosen track among the candidates.
///
/// # Errors
/// `NoAudioTrack` where there are none, `NoSuchTrack` where none is as wanted.
pub(super) fn choose(choice: &TrackChoice, tracks: &[Candidate]) -> Result<usize> {
    let places = || 0..tracks.len();
    let best = |places: &mut dyn Iterator<Item = usize>| {
        places.min_by_key(|&at| (!tracks[at].is_decodable(), !tracks[at].is_default))
    };
    if tracks.is_empty() {
        return Err(MediaError::NoAudioTrack);
    }
    let found = match choice {
        TrackChoice::Default => best(&mut places()),
        TrackChoice::Number(number) => usize::try_from(*number)
            .ok()
            .and_then(|number| number.checked_sub(1))
            .filter(|&at| at < tracks.len()),
        TrackChoice::Language(wanted) => best(&mut places().filter(|&at| {
            let own = tracks[at].language.as_deref();
            own.is_some_and(|own| language::matches(own, wanted))
        })),
    };
    found.ok_or_else(|| {
        let list = tracks.iter().take(MAX_LISTED).enumerate();
        let list: Vec<String> = list
            .map(|(at, track)| format!("{} ({})", at + 1, track.describe()))
            .collect();
        MediaError::NoSuchTrack {
            tracks: list.join(", "),
        }
    })
}

/// The same for a container that has one track and tells nothing more of it.
pub(super) fn only(
    choice: &TrackChoice,
    codec: AudioCodecId,
    codec_name: Option<String>,
) -> Result<()> {
    let only = Candidate {
        is_default: true,
        codec,
        codec_name,
        language: None,
    };
    choose(choice, &[only]).map(|_| ())
}

/// Why the only track of a file is not read: for its codec, of this name, unless it is
/// not the one that is wanted.
pub(super) fn refuse(choice: &TrackChoice, name: String) -> MediaError {
    match only(choice, AudioCodecId::default(), Some(name.clone())) {
        Ok(()) => MediaError::UnsupportedCodec { name },
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_DCA};

    fn track(codec: AudioCodecId, is_default: bool, language: &str) -> Candidate {
        Candidate {
            is_default,
            codec,
            codec_name: None,
            language: Some(language.to_owned()),
        }
    }

    #[test]
    fn by_default_by_number_and_by_language() {
        let tracks = [
            track(CODEC_ID_DCA, true, "eng"),
            track(CODEC_ID_AAC, false, "eng"),
            track(CODEC_ID_AAC, true, "de-AT"),
        ];
        let by = |choice| choose(&choice, &tracks).map_err(|error| error.to_string());
        assert_eq!(by(TrackChoice::Default), Ok(2));
        assert_eq!(by(TrackChoice::Number(1)), Ok(0));
        assert_eq!(by(TrackChoice::Language("en".to_owned())), Ok(1));
        assert_eq!(by(TrackChoice::Language("ger".to_owned())), Ok(2));
        let expected = "The file has no such audio track. It has these: \
                        1 (DTS, eng), 2 (AAC, eng), 3 (AAC, de-AT).";
        for choice in [
            TrackChoice::Number(0),
            TrackChoice::Number(4),
            TrackChoice::Language("fr".to_owned()),
        ] {
            assert_eq!(by(choice), Err(expected.to_owned()));
        }
        let none = choose(&TrackChoice::Number(1), &[]);
        assert_eq!(none.unwrap_err().code(), "no_audio_track");
    }
}
