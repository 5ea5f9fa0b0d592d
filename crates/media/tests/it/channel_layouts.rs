//! Downmixes of more than two channels, whose positions come from the container or the
//! codec. The stereo downmix is that of ffmpeg, except for a gain that prevents clipping.

use std::path::Path;

use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, snr};
use crate::fixtures::{Fixtures, ffmpeg_decode_to};

/// ffmpeg arguments for an input with another tone in each channel.
fn tones(layout: &str, count: usize) -> String {
    let tones: Vec<_> = (0..count)
        .map(|channel| format!("0.2*sin(2*PI*{}*t)", 300 + 200 * channel))
        .collect();
    format!(
        "-f lavfi -i aevalsrc={}:s=48000:d=2:c={layout}",
        tones.join("|")
    )
}

/// The signal-to-noise ratio in dB against ffmpeg's downmix at equal power.
fn snr_db(path: &Path) -> f64 {
    let ours = decode_file(path).unwrap().samples;
    let reference = ffmpeg_decode_to("-ac 2", path);
    let power = |samples: &[f32]| -> f64 {
        let squares = samples.iter().map(|&sample| f64::from(sample).powi(2));
        squares.sum::<f64>() / samples.len() as f64
    };
    let gain = (power(&reference) / power(&ours)).sqrt() as f32;
    let ours: Vec<_> = ours.iter().map(|sample| sample * gain).collect();
    snr(&ours, &reference)
}

#[test]
fn channels_are_mixed_by_the_positions_of_the_file() {
    require_tool!("ffmpeg");
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
        // ffmpeg decodes AC-3 to this layout, which AAC cannot express by a number.
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
            let snr_db = snr_db(&path);
            assert!(snr_db > 40.0, "{layout} in {file}: {snr_db:.0} dB");
        }
    }
}
