//! The uploads: small files of several kinds, some of which cannot be converted.

use tonearm_e2e::media::{self, Clip, H264_AAC, LEFT, Recipe};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Video,
    Aac,
    Wav,
    /// Long enough for its converter to renew the lease.
    Long,
    /// Long enough to be split into segments.
    Split,
    /// A video without an audio track.
    Silent,
    /// Text with the name of a video.
    NotMedia,
}

/// How often each is uploaded.
pub const MIX: [Kind; 13] = [
    Kind::Video,
    Kind::Video,
    Kind::Video,
    Kind::Aac,
    Kind::Aac,
    Kind::Aac,
    Kind::Wav,
    Kind::Wav,
    Kind::Long,
    Kind::Split,
    Kind::Split,
    Kind::Silent,
    Kind::NotMedia,
];

/// One file of a kind.
#[derive(Clone, Debug)]
pub struct Sample {
    pub bytes: Vec<u8>,
    pub extension: &'static str,
    /// The duration of the MP3 in seconds, or the code of the failure.
    pub end: Result<f64, &'static str>,
}

impl Kind {
    /// The file, generated at first use.
    pub fn sample(self) -> Sample {
        let of = |clip: &Clip, extension, end| Sample {
            bytes: clip.bytes(),
            extension,
            end,
        };
        let good = |clip: Clip, extension| of(&clip, extension, Ok(clip.seconds()));
        match self {
            Self::Video => good(
                Recipe {
                    name: "fault.mp4",
                    seconds: 1,
                    ..H264_AAC
                }
                .make(),
                "mp4",
            ),
            Self::Aac => good(
                audio("fault.m4a", 2, &["-c:a", "aac", "-b:a", "64k"]),
                "m4a",
            ),
            Self::Wav => good(audio("fault.wav", 1, &["-c:a", "pcm_s16le"]), "wav"),
            Self::Long => good(
                audio("long.m4a", 110, &["-c:a", "aac", "-b:a", "24k"]),
                "m4a",
            ),
            Self::Split => good(
                audio("split.m4a", 150, &["-c:a", "aac", "-b:a", "24k"]),
                "m4a",
            ),
            Self::Silent => of(&media::video_without_audio(), "mp4", Err("no_audio_track")),
            Self::NotMedia => Sample {
                bytes: media::NOT_A_VIDEO.into(),
                extension: "mp4",
                end: Err("not_media"),
            },
        }
    }
}

fn audio(name: &str, seconds: u32, output: &[&str]) -> Clip {
    Recipe {
        name,
        seconds,
        rate: 44_100,
        tones: &[LEFT],
        video: false,
        output,
    }
    .make()
}
