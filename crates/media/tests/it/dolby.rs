//! AC-3 and E-AC-3 in every container that carries them.
//!
//! Two decoders of the same bits differ by the noise that each makes up for what
//! the encoder left out.

use tonearm_media::FileError;

use crate::decoding::{Decoded, decode_file, snr};
use crate::formats::Length::Ffmpeg;
use crate::formats::check_same;
use crate::make::{Fixtures, ffmpeg_decode};

const LIKE: f64 = 60.0;

#[test]
fn ac3_in_every_container() {
    let shape = ("AC-3 (Dolby Digital)", 48_000, 2);
    check_same(
        shape,
        (Ffmpeg, LIKE),
        &[
            ("a.ac3", ""),
            ("a.mkv", "X264 -c:a ac3"),
            ("a.mp4", "X264 -c:a ac3"),
            ("a.mov", "X264 -c:a ac3"),
            ("a.avi", "X264 -c:a ac3"),
            ("a.ts", "X264 -c:a ac3"),
            ("a.m2ts", "X264 -c:a ac3"),
            ("a.vob", "-c:v mpeg2video -c:a ac3"),
            ("a.wav", "-c:a ac3"),
        ],
    );
}

#[test]
fn eac3_in_every_container() {
    let shape = ("E-AC-3 (Dolby Digital Plus)", 48_000, 2);
    check_same(
        shape,
        (Ffmpeg, LIKE),
        &[
            ("a.eac3", ""),
            ("a.mkv", "X264 -c:a eac3"),
            ("a.mp4", "X264 -c:a eac3"),
            ("a.ts", "X264 -c:a eac3"),
        ],
    );
}

#[test]
fn dolby_at_every_rate_in_mono_and_stereo() {
    for rate in [32_000, 48_000] {
        for channels in [1, 2] {
            let files = [("a.ac3", "-b:a 192k")];
            let shape = ("AC-3 (Dolby Digital)", rate, channels);
            check_same(shape, (Ffmpeg, LIKE), &files);
            let files = [("a.eac3", "-b:a 192k")];
            let shape = ("E-AC-3 (Dolby Digital Plus)", rate, channels);
            check_same(shape, (Ffmpeg, LIKE), &files);
        }
    }
}

/// Its decoder has a wrong table there: an error rather than noise.
#[test]
fn dolby_at_44_khz_is_refused_by_name() {
    let fixtures = Fixtures::new();
    for (name, words, expected) in [
        ("a.ac3", "", "AC-3 (Dolby Digital) at 44100 Hz"),
        ("a.mkv", "-c:a ac3", "AC-3 (Dolby Digital) at 44100 Hz"),
        (
            "a.mp4",
            "-c:a eac3",
            "E-AC-3 (Dolby Digital Plus) at 44100 Hz",
        ),
    ] {
        match decode_file(&fixtures.tones(name, 44_100, 2, words)) {
            Err(FileError::UnsupportedCodec { name: found }) => assert_eq!(found, expected),
            other => panic!("{name}: {:?}", other.map(|decoded| decoded.info)),
        }
    }
}

/// High and moving tones, which lean on all of the bit allocation.
#[test]
fn dolby_of_tones_all_over_the_spectrum() {
    let fixtures = Fixtures::new();
    for (n, sound) in [
        "sine=f=1500:d=1:r=48000",
        "sine=f=5000:d=1:r=48000",
        "sine=f=11000:d=1:r=48000",
        "aevalsrc=0.5*sin(2*PI*(100+5000*t)*t)|0.3*sin(2*PI*(9000-3000*t)*t):d=1:s=48000",
    ]
    .into_iter()
    .enumerate()
    {
        for codec in [
            "ac3 -b:a 96k",
            "ac3 -b:a 192k",
            "eac3 -b:a 192k",
            "ac3 -b:a 448k",
        ] {
            let words = format!("-f lavfi -i {sound} -c:a {codec} OUT");
            let path = fixtures.ffmpeg(&format!("{n}.mkv"), &words);
            let (decoded, theirs) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
            let snr = snr(&decoded.samples, &theirs);
            assert!(snr > 45.0, "{sound} {codec}: {snr} dB");
        }
    }
}

/// Noise is the worst that there is for a codec, and for a comparison.
#[test]
fn dolby_of_noise_is_as_loud_as_it_was() {
    let fixtures = Fixtures::new();
    let noise = "-f lavfi -i anoisesrc=r=48000:d=2:a=0.3:seed=7,aformat=channel_layouts=stereo";
    for (name, words) in [
        ("a.ac3", "-b:a 192k"),
        ("b.ac3", "-b:a 96k"),
        ("a.eac3", "-b:a 192k"),
        ("b.eac3", "-b:a 64k"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{noise} {words} OUT"));
        let (decoded, theirs) = (decode_file(&path).unwrap(), ffmpeg_decode(&path));
        assert_eq!(decoded.samples.len(), theirs.len(), "{name}");
        let ratio = power(&decoded.samples) / power(&theirs);
        assert!((0.97..1.03).contains(&ratio), "{name}: {ratio}");
    }
}

fn power(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum()
}

/// Each of the six channels alone, so that none can stand in for another.
#[test]
fn every_channel_of_5_1_is_where_it_belongs() {
    let fixtures = Fixtures::new();
    let half = 0.5f64.sqrt();
    let scale = 1.0 / (1.0 + 2.0 * half);
    // Front left, front right, centre, low, left, right: their shares.
    let shares = [
        (1.0, 0.0),
        (0.0, 1.0),
        (half, half),
        (0.0, 0.0),
        (half, 0.0),
        (0.0, half),
    ];
    for (codec, name) in [("ac3", "ac3.mkv"), ("eac3", "eac3.mp4")] {
        for (channel, (left, right)) in shares.into_iter().enumerate() {
            let tones: Vec<&str> = (0..6)
                .map(|n| {
                    if n == channel {
                        "0.5*sin(2*PI*80*t)"
                    } else {
                        "0"
                    }
                })
                .collect();
            let sound = format!("aevalsrc={}:s=48000:d=2:c=5.1", tones.join("|"));
            let words = format!("-f lavfi -i {sound} -c:a {codec} -b:a 448k OUT");
            let decoded = decode_file(&fixtures.ffmpeg(name, &words)).unwrap();
            let loud = |side: usize| decoded.tone(side, 80.0) / 0.5 / scale;
            let near = |one: f64, other: f64| (one - other).abs() < 0.02;
            assert!(
                near(loud(0), left) && near(loud(1), right),
                "{name} {channel}: {} {}",
                loud(0),
                loud(1)
            );
        }
    }
}

/// One frame of AC-3 among others is damaged: its time passes in silence.
#[test]
fn a_damaged_frame_of_ac3_becomes_silence() {
    let fixtures = Fixtures::new();
    for name in ["a.ac3", "a.eac3"] {
        let path = fixtures.tones(name, 48_000, 2, "-b:a 192k");
        let whole = decode_file(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        // In the tenth frame of 768 bytes, past its header.
        bytes[768 * 10 + 300] ^= 0x55;
        let damaged = fixtures.path("damaged");
        std::fs::write(&damaged, bytes).unwrap();
        let decoded = decode_file(&damaged).unwrap();
        assert_eq!(decoded.concealed, 1, "{name}");
        assert_eq!(decoded.frames(), whole.frames(), "{name}");
        let gap = |decoded: &Decoded| power(&decoded.channel(0)[1536 * 10 + 300..1536 * 11 - 300]);
        assert!(gap(&whole) > 1.0 && gap(&decoded) < 0.001, "{name}");
        let late = 1536 * 13 * 2;
        assert!(snr(&decoded.samples[late..], &whole.samples[late..]) > 40.0);
    }
}
