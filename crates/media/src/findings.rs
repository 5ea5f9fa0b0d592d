//! What a conversion finds out about the tracks of its file, and the warnings that follow.

use std::fmt;

use tonearm_media_core::{ListedTrack, TrackList};

use crate::pcm::meter::Meter;

/// What a conversion finds out about the tracks of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The audio tracks, at most [`TrackList::MAX`].
    pub tracks: Vec<ListedTrack>,
    /// The number of the one that was converted.
    pub taken: u32,
    /// The number of the one that would have been converted if it could be decoded.
    pub undecodable: Option<u32>,
    /// Whether the converted audio is silent; `None` if it was copied without decoding.
    pub is_silent: Option<bool>,
    /// The number of another track that has sound where the converted one has none.
    pub sounding: Option<u32>,
    /// Whether the channels cancelled each other in mono.
    pub is_cancelled: bool,
}

/// Something about a file that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The first choice among the tracks cannot be decoded.
    Undecodable {
        /// The first choice.
        first: ListedTrack,
        /// The track in its place.
        taken: ListedTrack,
    },
    /// The converted track is silent, another is not.
    Silent {
        /// The number of the silent track.
        taken: u32,
        /// A track with sound.
        sounding: ListedTrack,
    },
    /// Left and right cancelled each other in mono.
    Cancelled,
}

impl Findings {
    pub(crate) fn new(list: &TrackList) -> Self {
        Self {
            tracks: list.tracks.clone(),
            taken: list.taken,
            undecodable: list.undecodable,
            ..Self::default()
        }
    }

    /// Sets the number of channels of the converted track, as decoded.
    pub(crate) fn set_channels(&mut self, channels: u16) {
        let mut tracks = self.tracks.iter_mut();
        if let Some(track) = tracks.find(|track| track.number == self.taken) {
            track.channels = Some(channels);
        }
    }

    /// Adds the measurements of the converted audio. `None` are those of a worker that
    /// made none.
    pub(crate) fn measured(mut self, meter: Option<&Meter>) -> Self {
        self.is_silent = Some(meter.is_some_and(|meter| !meter.has_sound()));
        self.is_cancelled = meter.is_some_and(Meter::is_cancelled);
        self
    }

    fn track(&self, number: u32) -> Option<ListedTrack> {
        let mut tracks = self.tracks.iter();
        tracks.find(|track| track.number == number).cloned()
    }

    /// The warnings for the owner of the file.
    pub fn warnings(&self) -> Vec<Warning> {
        let taken = self.track(self.taken);
        let undecodable = self.undecodable.and_then(|number| self.track(number));
        let sounding = self.sounding.and_then(|number| self.track(number));
        let all = [
            undecodable
                .zip(taken)
                .map(|(first, taken)| Warning::Undecodable { first, taken }),
            sounding.map(|sounding| Warning::Silent {
                taken: self.taken,
                sounding,
            }),
            self.is_cancelled.then_some(Warning::Cancelled),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Warning {
    /// A stable name of this kind of warning in snake_case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Undecodable { .. } => "track_not_decodable",
            Self::Silent { .. } => "track_silent",
            Self::Cancelled => "channels_cancelled",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable { first, taken } => write!(
                f,
                "Track {} ({}) could not be decoded. The MP3 has the sound of track {} ({}).",
                first.number,
                first.describe(),
                taken.number,
                taken.describe()
            ),
            Self::Silent { taken, sounding } => write!(
                f,
                "The MP3 is silent, because track {taken} is. Track {number} ({description}) has \
                 sound: upload the file with the option track={number}.",
                number = sounding.number,
                description = sounding.describe()
            ),
            Self::Cancelled => f.write_str(
                "The left and the right channel are opposite in phase, so mono cancels nearly all \
                 of the sound: upload the file with the option mono=false.",
            ),
        }
    }
}
