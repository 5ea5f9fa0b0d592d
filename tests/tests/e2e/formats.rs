//! Conversion by container and codec.

use tonearm_e2e::app::TestApp;
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::media::{H264_AAC, LEFT, Recipe, Tone};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;

const VP8: [&str; 4] = ["-c:v", "libvpx", "-deadline", "realtime"];
const AUDIO: Recipe<'_> = Recipe {
    video: false,
    ..H264_AAC
};
const MONO: [Tone; 1] = [LEFT];

#[test]
fn every_format_keeps_its_audio() {
    let webm = [VP8.as_slice(), &["-c:a", "libvorbis", "-q:a", "6"]].concat();
    let recipes = [
        Recipe {
            name: "aac.mkv",
            ..H264_AAC
        },
        Recipe {
            name: "flac.mkv",
            output: &["-c:v", "libx264", "-c:a", "flac"],
            ..H264_AAC
        },
        Recipe {
            name: "vorbis.webm",
            output: &webm,
            ..H264_AAC
        },
        Recipe {
            name: "pcm.mov",
            output: &["-c:v", "libx264", "-c:a", "pcm_s16le"],
            ..H264_AAC
        },
        Recipe {
            name: "mp3.mp4",
            output: &["-c:v", "libx264", "-c:a", "libmp3lame", "-b:a", "192k"],
            ..H264_AAC
        },
        Recipe {
            name: "aac.m4a",
            output: &["-c:a", "aac", "-b:a", "192k"],
            ..AUDIO
        },
        Recipe {
            name: "alac.m4a",
            output: &["-c:a", "alac"],
            ..AUDIO
        },
        Recipe {
            name: "vorbis.ogg",
            output: &["-c:a", "libvorbis", "-q:a", "6"],
            ..AUDIO
        },
        Recipe {
            name: "16-bit.wav",
            output: &["-c:a", "pcm_s16le"],
            ..AUDIO
        },
        Recipe {
            name: "24-bit.wav",
            output: &["-c:a", "pcm_s24le"],
            ..AUDIO
        },
        Recipe {
            name: "cd.wav",
            rate: 44_100,
            output: &["-c:a", "pcm_s16le"],
            ..AUDIO
        },
        Recipe {
            name: "studio.wav",
            rate: 96_000,
            output: &["-c:a", "pcm_s24le"],
            ..AUDIO
        },
        Recipe {
            name: "mono.mp4",
            tones: &MONO,
            ..H264_AAC
        },
        Recipe {
            name: "voice.wav",
            rate: 16_000,
            tones: &MONO,
            output: &["-c:a", "pcm_s16le"],
            ..AUDIO
        },
    ];
    let clips: Vec<_> = recipes
        .iter()
        .map(|recipe| match recipe.name {
            // Matroska does not store how much of AAC's last block is audio.
            "aac.mkv" => recipe.make().as_long_as_decoded(),
            _ => recipe.make(),
        })
        .collect();
    let form = recipes.iter().zip(&clips);
    let form = form.fold(Form::new(), |form, (recipe, clip)| {
        form.and_file("file", recipe.name, &clip.bytes())
    });

    let app = TestApp::start();
    let ada = app.user("ada");
    let mut wrong = Vec::new();
    for (job, clip) in jobs_of(&ada.upload(&form)).iter().zip(&clips) {
        let job = ada.ended_job(id(job));
        let name = job["name"].as_str().unwrap();
        if job["state"] != "done" {
            wrong.push(format!("{name}: {}", job["error"]));
            continue;
        }
        let mp3 = Decoded::of(&ada.download(id(&job)).body);
        let comparison = std::panic::catch_unwind(|| assert_same(&mp3, clip));
        if comparison.is_err() {
            wrong.push(format!("{name} differs from its source: see above"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
