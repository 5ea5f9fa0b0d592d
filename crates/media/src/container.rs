//! Which container a file is, by its first bytes and never by its name.

use std::fmt;

/// A container that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// ISO base media: MP4, M4A, 3GP, and QuickTime's MOV.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// OGG with Vorbis, Opus or FLAC.
    Ogg,
    /// Bare MPEG audio (MP3), with or without ID3.
    Mp3,
    /// Bare AAC in ADTS frames.
    Adts,
    /// Bare FLAC.
    Flac,
    /// RIFF WAVE.
    Wav,
    /// AIFF and AIFF-C.
    Aiff,
    /// Apple's Core Audio Format.
    Caf,
}

impl Container {
    /// Its usual name: "MP4".
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "MP4",
            Self::Matroska => "Matroska",
            Self::Ogg => "OGG",
            Self::Mp3 => "MP3",
            Self::Adts => "AAC",
            Self::Flac => "FLAC",
            Self::Wav => "WAV",
            Self::Aiff => "AIFF",
            Self::Caf => "CAF",
        }
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
