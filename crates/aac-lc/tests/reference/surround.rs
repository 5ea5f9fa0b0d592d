//! Three channels and more, which syom and ffmpeg decode.

use tonearm_aac_lc::Speaker;
use tonearm_test_tools::require_tool;

use super::decoders::{channel, decode_all, ours, syom};
use super::encode::{adts, blocks, ffmpeg};
use super::snr;

/// ffmpeg's names of the channel configurations from 3 on, and its order of channels.
const LAYOUTS: [(&str, &[Speaker]); 4] = {
    use Speaker::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, LowFrequency, SurroundLeft, SurroundRight,
    };
    [
        ("3.0", &[FrontLeft, FrontRight, FrontCentre]),
        ("4.0", &[FrontLeft, FrontRight, FrontCentre, BackCentre]),
        (
            "5.0",
            &[
                FrontLeft,
                FrontRight,
                FrontCentre,
                SurroundLeft,
                SurroundRight,
            ],
        ),
        (
            "5.1",
            &[
                FrontLeft,
                FrontRight,
                FrontCentre,
                LowFrequency,
                SurroundLeft,
                SurroundRight,
            ],
        ),
    ]
};

/// The samples of one of ffmpeg's interleaved channels.
fn ffmpeg_channel(decoded: &[u8], channels: usize, at: usize) -> Vec<f32> {
    let (samples, _) = decoded.as_chunks();
    let samples = samples.iter().skip(at).step_by(channels);
    samples.map(|&four| f32::from_le_bytes(four)).collect()
}

/// Without noise substitution, whose random numbers differ between decoders.
#[test]
fn surround_matches_ffmpeg_and_syom() {
    require_tool!("ffmpeg");
    let kinds = [
        (44_100, "-b:a 160k -aac_pns 0 -aac_coder fast -aac_is 1"),
        (
            48_000,
            "-b:a 320k -aac_pns 0 -aac_tns 1 -aac_ms 1 -aac_is 0",
        ),
        (48_000, "-q:a 4 -aac_pns 0 -aac_is 1 -aac_tns 1"),
    ];
    for (configuration, (layout, speakers)) in (3..).zip(LAYOUTS) {
        for (sample_rate, options) in kinds {
            let adts = adts(layout, speakers.len(), sample_rate, options);
            let blocks = blocks(&adts);
            assert!(blocks.len() > 100);
            let ffmpeg = ffmpeg(&["-i", "IN", "-f", "f32le"], Some(&adts));
            let ours = decode_all(&mut ours(configuration, sample_rate), &blocks);
            let syom = syom(configuration, sample_rate, &blocks);
            let count = speakers.len();
            let speakers = speakers.iter().enumerate();
            for (at, &speaker) in speakers.filter(|(_, it)| **it != Speaker::LowFrequency) {
                let [ours, syom] = [&ours, &syom].map(|decoded| channel(decoded, speaker));
                let what = format!("{layout:?} {speaker:?} {sample_rate} {options}");
                let ratio = snr(&ours, &syom);
                assert!(ratio > 100.0, "{what}: {ratio} dB against syom");
                let theirs = ffmpeg_channel(&ffmpeg, count, at);
                let ratio = snr(&ours, &theirs);
                assert!(ratio > 100.0, "{what}: {ratio} dB against ffmpeg");
            }
        }
    }
}

#[test]
fn substituted_noise_is_as_loud_as_that_of_syom() {
    require_tool!("ffmpeg");
    let blocks = blocks(&adts("5.0", 5, 48_000, "-b:a 96k"));
    let ours = decode_all(&mut ours(5, 48_000), &blocks);
    let syom = syom(5, 48_000, &blocks);
    let power = |samples: Vec<f32>| samples.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    for &speaker in LAYOUTS[2].1 {
        let [ours, syom] = [&ours, &syom].map(|decoded| power(channel(decoded, speaker)));
        let decibels = 10.0 * (ours / syom).log10();
        assert!(decibels.abs() < 0.2, "{speaker:?}: {decibels} dB");
    }
}
