//! The PCM of Blu-ray discs and DVDs after damage, from the middle of a file, and
//! where it changes its kind: what is heard is in the file, and nothing else.

use std::fs;

use crate::listen::Heard;
use crate::lpcm::{HALF, hear, tones};
use crate::make::Desk;

/// Fails where anything is heard that is not in `whole`, in its order.
fn assert_only_gaps(name: &str, whole: &Heard, heard: &Heard) {
    const RUN: usize = 8;
    let channels = heard.channels();
    let runs: Vec<&[f32]> = heard.samples.chunks_exact(RUN * channels).collect();
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
fn unlike(desk: &Desk, name: &str, words: &str) -> Vec<u8> {
    let sound = "0.4*sin(400*2*PI*t)+0.01*random(0)|0.3*sin(600*2*PI*t)+0.01*random(1)";
    let input = format!("-f lavfi -i aevalsrc={sound}:s=48000:d=2:c=stereo");
    fs::read(desk.ffmpeg(name, &format!("{input} {words} OUT"))).unwrap()
}

/// Bytes of any number are missing here and there: nothing is played out of step.
#[test]
fn after_lost_bytes_it_goes_on_in_step() {
    let desk = Desk::new();
    for (name, words) in [
        ("16.m2ts", "-c:a pcm_bluray -sample_fmt s16"),
        ("24.m2ts", "-c:a pcm_bluray -sample_fmt s32"),
        ("16.vob", "-c:a pcm_dvd -sample_fmt s16"),
        ("24.vob", "-c:a pcm_dvd -sample_fmt s32"),
    ] {
        let bytes = unlike(&desk, name, words);
        let whole = hear(bytes.clone());
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
        let heard = hear(gappy);
        assert_only_gaps(name, &whole, &heard);
        let ratio = heard.frames() as f64 / whole.frames() as f64;
        assert!((0.7..1.0).contains(&ratio), "{name}: {ratio}");
    }
}

/// Packets of a transport stream that did not arrive are told by their numbers.
#[test]
fn after_lost_packets_it_goes_on_with_the_next_header() {
    let desk = Desk::new();
    let bytes = unlike(&desk, "a.m2ts", "-c:a pcm_bluray -sample_fmt s32");
    let whole = hear(bytes.clone());
    let packets = bytes.chunks_exact(192).enumerate();
    let gappy: Vec<u8> = packets
        .filter(|(n, _)| *n < 20 || n % 101 > 2)
        .flat_map(|(_, packet)| packet.to_vec())
        .collect();
    let heard = hear(gappy);
    assert_only_gaps("a.m2ts", &whole, &heard);
    let ratio = heard.frames() as f64 / whole.frames() as f64;
    assert!((0.9..0.99).contains(&ratio), "{ratio}");
}

/// From the middle of a block on, too.
#[test]
fn a_dvd_from_the_middle_is_in_step() {
    let desk = Desk::new();
    let bytes = unlike(&desk, "24.vob", "-c:a pcm_dvd -sample_fmt s32");
    let whole = hear(bytes.clone());
    for start in [2, 3, 4] {
        let heard = hear(bytes[2048 * start..].to_vec());
        assert_only_gaps("24.vob", &whole, &heard);
        assert!(heard.frames() + 340 * (start + 1) > whole.frames());
    }
}

/// Titles of a disc one after the other.
#[test]
fn another_width_or_rate_in_mid_stream_is_no_noise() {
    let desk = Desk::new();
    for (codec, end) in [("pcm_dvd", "vob"), ("pcm_bluray", "m2ts")] {
        let part = |name: &str, rate: u32, format: &str| {
            let words = format!("-c:a {codec} -sample_fmt {format}");
            tones(&desk, &format!("{name}.{end}"), (rate, 2, "stereo"), &words)
        };
        let first = part("a", 48_000, "s16");
        for (name, rate, format) in [("b", 48_000, "s32"), ("c", 96_000, "s16")] {
            let second = part(name, rate, format);
            let mut heard = hear([first.clone(), second].concat());
            // The first packet of another kind is not believed yet.
            let missing = 2 * HALF - heard.frames();
            assert!(missing < 600, "{name}.{end}: {missing}");
            let peak = heard
                .samples
                .iter()
                .fold(0f32, |peak, at| peak.max(at.abs()));
            assert!(peak < 0.51, "{name}.{end}: {peak}");
            heard.samples.drain(..2 * HALF);
            let tone = heard.tone(0, 400.0);
            assert!(tone > 0.49, "{name}.{end}: {tone}");
        }
    }
}
