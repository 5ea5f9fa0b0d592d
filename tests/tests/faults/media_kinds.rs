//! What is uploaded: small files of several kinds, some of them poison.

use tonearm_e2e::media::{self, Clip, H264_AAC, LEFT, Recipe};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Video,
    Aac,
    Wav,
    /// So long that its converter renews the lease on the way.
    Long,
    /// So long that it is cut into segments.
    Cut,
    Silent,
    Liar,
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
    Kind::Cut,
    Kind::Cut,
    Kind::Silent,
    Kind::Liar,
];

/// One file of a kind.
#[derive(Clone, Debug)]
pub struct Sample {
    pub bytes: Vec<u8>,
    pub extension: &'static str,
    /// How long its MP3 must be, or why there is none.
    pub end: Result<f64, &'static str>,
}

impl Kind {
    /// Makes the file, or finds it made.
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
                sound("fault.m4a", 2, &["-c:a", "aac", "-b:a", "64k"]),
                "m4a",
            ),
            Self::Wav => good(sound("fault.wav", 1, &["-c:a", "pcm_s16le"]), "wav"),
            Self::Long => good(
                sound("long.m4a", 110, &["-c:a", "aac", "-b:a", "24k"]),
                "m4a",
            ),
            Self::Cut => good(
                sound("cut.m4a", 150, &["-c:a", "aac", "-b:a", "24k"]),
                "m4a",
            ),
            Self::Silent => of(&media::video_without_audio(), "mp4", Err("no_audio_track")),
            Self::Liar => Sample {
                bytes: media::NOT_A_VIDEO.into(),
                extension: "mp4",
                end: Err("not_media"),
            },
        }
    }
}

fn sound(name: &str, seconds: u32, output: &[&str]) -> Clip {
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
