//! More than two channels, by whatever a container or a codec tells of their places: our
//! stereo is ffmpeg's, but for the volume, which keeps it from clipping.

use std::path::Path;

use crate::decoding::{decode_file, snr};
use crate::make::{Fixtures, decode_as};

/// A tone for each channel.
fn tones(layout: &str, count: usize) -> String {
    let tones: Vec<_> = (0..count)
        .map(|channel| format!("0.2*sin(2*PI*{}*t)", 300 + 200 * channel))
        .collect();
    format!(
        "-f lavfi -i aevalsrc={}:s=48000:d=2:c={layout}",
        tones.join("|")
    )
}

/// Signal to noise in dB, once both are equally loud.
fn likeness(path: &Path) -> f64 {
    let ours = decode_file(path).unwrap().samples;
    let theirs = decode_as("-ac 2", path);
    let power = |samples: &[f32]| -> f64 {
        let squares = samples.iter().map(|&sample| f64::from(sample).powi(2));
        squares.sum::<f64>() / samples.len() as f64
    };
    let gain = (power(&theirs) / power(&ours)).sqrt() as f32;
    let ours: Vec<_> = ours.iter().map(|sample| sample * gain).collect();
    snr(&ours, &theirs)
}

#[test]
fn channels_are_where_the_file_says() {
    let fixtures = Fixtures::new();
    for (layout, count, files) in [
        ("quad", 4, "a.wav a.w64 a.aiff a.caf pcm.mov a.flac"),
        ("4.0", 4, "a.wav aac.mp4"),
        ("2.1", 3, "a.wav aac.mkv"),
        (
            "5.0",
            5,
            "a.wav a.w64 a.aiff a.caf pcm.mov pcm.mkv pcm.avi a.flac",
        ),
        (
            "5.1",
            6,
            "a.wav a.aiff a.caf pcm.mov pcm.mkv pcm.avi aac.mkv aac.ts a.aac",
        ),
        ("6.1", 7, "a.wav a.aiff a.caf pcm.mov pcm.mkv a.flac"),
        (
            "7.1",
            8,
            "a.wav a.aiff a.caf pcm.mov pcm.mkv a.flac aac.mp4",
        ),
        // ffmpeg makes this of AC-3, and AAC of it has channels as no other has.
        ("5.1(side)", 6, "a.wav pcm.mkv aac.mp4 aac.mkv aac.ts a.aac"),
        ("5.0(side)", 5, "a.wav aac.mp4 aac.ts a.aac"),
    ] {
        for file in files.split(' ') {
            let codec = match file.split_once('.') {
                Some(("aac", _)) => "-c:a aac -b:a 400k",
                Some(("pcm", _)) => "-c:a pcm_s16le",
                _ => "",
            };
            let path = fixtures.ffmpeg(file, &format!("{} {codec} OUT", tones(layout, count)));
            let likeness = likeness(&path);
            assert!(likeness > 40.0, "{layout} in {file}: {likeness:.0} dB");
        }
    }
}
