//! The PCM of Blu-ray discs and DVDs after damage, from the middle of a file, and
//! where it changes its kind: what is decoded is in the file, and nothing else.

use std::fs;

use crate::decoding::Decoded;
use crate::lpcm::{HALF, decode_file, tones};
use crate::make::Fixtures;

/// Fails where anything is decoded that is not in `whole`, in its order.
fn assert_only_gaps(name: &str, whole: &Decoded, decoded: &Decoded) {
    const RUN: usize = 8;
    let channels = decoded.channels();
    let runs: Vec<&[f32]> = decoded.samples.chunks_exact(RUN * channels).collect();
    let mut at = 0;
    for (n, run) in runs.iter().enumerate() {
        let windows = whole.samples[at..].windows(run.len()).step_by(channels);
        match windows.enumerate().find(|(_, window)| window == run) {
            Some((moments, _)) => at += moments * channels + run.len(),
            // Over the edge of a gap.
            None => {
                let next = runs.get(n + 1).is_none_or(|next| {
                    let mut windows = whole.samples[at..].windows(next.len()).step_by(channels);
                    windows.any(|window| window == *next)
                });
                assert!(next, "{name}: noise at {}", n * RUN);
            }
        }
    }
}

/// Noise below the tones, so that no moment is like another.
fn unlike(fixtures: &Fixtures, name: &str, words: &str) -> Vec<u8> {
    let sound = "0.4*sin(400*2*PI*t)+0.01*random(0)|0.3*sin(600*2*PI*t)+0.01*random(1)";
    let input = format!("-f lavfi -i aevalsrc={sound}:s=48000:d=2:c=stereo");
    fs::read(fixtures.ffmpeg(name, &format!("{input} {words} OUT"))).unwrap()
}

/// Bytes of any number are missing here and there: nothing is played out of step.
#[test]
fn after_lost_bytes_it_goes_on_in_step() {
    let fixtures = Fixtures::new();
    for (name, words) in [
        ("16.m2ts", "-c:a pcm_bluray -sample_fmt s16"),
        ("24.m2ts", "-c:a pcm_bluray -sample_fmt s32"),
        ("16.vob", "-c:a pcm_dvd -sample_fmt s16"),
        ("24.vob", "-c:a pcm_dvd -sample_fmt s32"),
    ] {
        let bytes = unlike(&fixtures, name, words);
        let whole = decode_file(bytes.clone());
        let mut rest = bytes.as_slice();
        let mut gappy = Vec::new();
        let mut lost = 1;
        while rest.len() > 40_000 {
            let (kept, after) = rest.split_at(31_000);
            gappy.extend_from_slice(kept);
            rest = &after[lost..];
            lost = lost * 3 % 5000;
        }
        gappy.extend_from_slice(rest);
        let decoded = decode_file(gappy);
        assert_only_gaps(name, &whole, &decoded);
        let ratio = decoded.frames() as f64 / whole.frames() as f64;
        assert!((0.7..1.0).contains(&ratio), "{name}: {ratio}");
    }
}

/// Packets of a transport stream that did not arrive are told by their numbers.
#[test]
fn after_lost_packets_it_goes_on_with_the_next_header() {
    let fixtures = Fixtures::new();
    let bytes = unlike(&fixtures, "a.m2ts", "-c:a pcm_bluray -sample_fmt s32");
    let whole = decode_file(bytes.clone());
    let packets = bytes.chunks_exact(192).enumerate();
    let gappy: Vec<u8> = packets
        .filter(|(n, _)| *n < 20 || n % 101 > 2)
        .flat_map(|(_, packet)| packet.to_vec())
        .collect();
    let decoded = decode_file(gappy);
    assert_only_gaps("a.m2ts", &whole, &decoded);
    let ratio = decoded.frames() as f64 / whole.frames() as f64;
    assert!((0.9..0.99).contains(&ratio), "{ratio}");
}

/// From the middle of a block on, too.
#[test]
fn a_dvd_from_the_middle_is_in_step() {
    let fixtures = Fixtures::new();
    let bytes = unlike(&fixtures, "24.vob", "-c:a pcm_dvd -sample_fmt s32");
    let whole = decode_file(bytes.clone());
    for start in [2, 3, 4] {
        let decoded = decode_file(bytes[2048 * start..].to_vec());
        assert_only_gaps("24.vob", &whole, &decoded);
        assert!(decoded.frames() + 340 * (start + 1) > whole.frames());
    }
}

/// Titles of a disc one after the other.
#[test]
fn another_width_or_rate_in_mid_stream_is_no_noise() {
    let fixtures = Fixtures::new();
    for (codec, end) in [("pcm_dvd", "vob"), ("pcm_bluray", "m2ts")] {
        let part = |name: &str, rate: u32, format: &str| {
            let words = format!("-c:a {codec} -sample_fmt {format}");
            tones(
                &fixtures,
                &format!("{name}.{end}"),
                (rate, 2, "stereo"),
                &words,
            )
        };
        let first = part("a", 48_000, "s16");
        for (name, rate, format) in [("b", 48_000, "s32"), ("c", 96_000, "s16")] {
            let second = part(name, rate, format);
            let mut decoded = decode_file([first.clone(), second].concat());
            // The first packet of another kind is not believed yet.
            let missing = 2 * HALF - decoded.frames();
            assert!(missing < 600, "{name}.{end}: {missing}");
            let peak = decoded
                .samples
                .iter()
                .fold(0f32, |peak, at| peak.max(at.abs()));
            assert!(peak < 0.51, "{name}.{end}: {peak}");
            decoded.samples.drain(..2 * HALF);
            let tone = decoded.tone(0, 400.0);
            assert!(tone > 0.49, "{name}.{end}: {tone}");
        }
    }
}
