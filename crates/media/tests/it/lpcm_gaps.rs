//! PCM of Blu-ray discs and DVDs after damage, from the middle of a file, and across a
//! change of format: misaligned bytes are never decoded as audio.

use std::fs;

use tonearm_test_tools::require_tool;

use crate::decoding::Decoded;
use crate::fixtures::Fixtures;
use crate::lpcm::{HALF, decode_file, tones};

/// Asserts that `decoded` consists of parts of `intact` in their order, with silence between.
fn assert_only_gaps(name: &str, intact: &Decoded, decoded: &Decoded) {
    const CHUNK: usize = 8;
    let channels = decoded.channels();
    let chunks: Vec<&[f32]> = decoded.samples.chunks_exact(CHUNK * channels).collect();
    let mut at = 0;
    for (n, chunk) in chunks.iter().enumerate() {
        // The tones have noise, so that no sample of theirs is silent for long.
        if chunk.windows(2).any(|pair| pair == [0.0, 0.0]) {
            continue;
        }
        let windows = intact.samples[at..].windows(chunk.len()).step_by(channels);
        match windows.enumerate().find(|(_, window)| window == chunk) {
            Some((offset, _)) => at += offset * channels + chunk.len(),
            // A chunk may span a gap.
            None => {
                let next = chunks.get(n + 1).is_none_or(|next| {
                    let is_silent = next.windows(2).any(|pair| pair == [0.0, 0.0]);
                    let mut windows = intact.samples[at..].windows(next.len()).step_by(channels);
                    is_silent || windows.any(|window| window == *next)
                });
                assert!(next, "{name}: noise at {}", n * CHUNK);
            }
        }
    }
}

/// Tones with noise below them, so that no two samples are equal.
fn noisy_tones(fixtures: &Fixtures, name: &str, args: &str) -> Vec<u8> {
    let audio = "0.4*sin(400*2*PI*t)+0.01*random(0)|0.3*sin(600*2*PI*t)+0.01*random(1)";
    let input = format!("-f lavfi -i aevalsrc={audio}:s=48000:d=2:c=stereo");
    fs::read(fixtures.ffmpeg(name, &format!("{input} {args} OUT"))).unwrap()
}

/// Gaps have arbitrary numbers of bytes.
#[test]
fn samples_are_aligned_after_lost_bytes() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("16.m2ts", "-c:a pcm_bluray -sample_fmt s16"),
        ("24.m2ts", "-c:a pcm_bluray -sample_fmt s32"),
        ("16.vob", "-c:a pcm_dvd -sample_fmt s16"),
        ("24.vob", "-c:a pcm_dvd -sample_fmt s32"),
    ] {
        let bytes = noisy_tones(&fixtures, name, args);
        let intact = decode_file(bytes.clone());
        let mut rest = bytes.as_slice();
        let mut with_gaps = Vec::new();
        let mut lost = 1;
        while rest.len() > 40_000 {
            let (kept, after) = rest.split_at(31_000);
            with_gaps.extend_from_slice(kept);
            rest = &after[lost..];
            lost = lost * 3 % 5000;
        }
        with_gaps.extend_from_slice(rest);
        let decoded = decode_file(with_gaps);
        assert_only_gaps(name, &intact, &decoded);
        // The gaps are silence of their length.
        let ratio = decoded.frames() as f64 / intact.frames() as f64;
        assert!((0.98..1.01).contains(&ratio), "{name}: {ratio}");
    }
}

/// The continuity counter of the transport stream reveals lost packets.
#[test]
fn decoding_resumes_at_the_next_header_after_lost_packets() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let bytes = noisy_tones(&fixtures, "a.m2ts", "-c:a pcm_bluray -sample_fmt s32");
    let intact = decode_file(bytes.clone());
    let packets = bytes.chunks_exact(192).enumerate();
    let with_gaps: Vec<u8> = packets
        .filter(|(n, _)| *n < 20 || n % 101 > 2)
        .flat_map(|(_, packet)| packet.to_vec())
        .collect();
    let decoded = decode_file(with_gaps);
    assert_only_gaps("a.m2ts", &intact, &decoded);
    let ratio = decoded.frames() as f64 / intact.frames() as f64;
    assert!((0.97..1.01).contains(&ratio), "{ratio}");
}

/// The first packet may begin in the middle of a block.
#[test]
fn samples_are_aligned_from_the_middle_of_a_dvd() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let bytes = noisy_tones(&fixtures, "24.vob", "-c:a pcm_dvd -sample_fmt s32");
    let intact = decode_file(bytes.clone());
    for start in [2, 3, 4] {
        let decoded = decode_file(bytes[2048 * start..].to_vec());
        assert_only_gaps("24.vob", &intact, &decoded);
        assert!(decoded.frames() + 340 * (start + 1) > intact.frames());
    }
}

/// Concatenated titles of a disc may differ.
#[test]
fn a_change_of_bit_depth_or_rate_causes_no_noise() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (codec, end) in [("pcm_dvd", "vob"), ("pcm_bluray", "m2ts")] {
        let part = |name: &str, rate: u32, format: &str| {
            let args = format!("-c:a {codec} -sample_fmt {format}");
            tones(
                &fixtures,
                &format!("{name}.{end}"),
                (rate, 2, "stereo"),
                &args,
            )
        };
        let first = part("a", 48_000, "s16");
        for (name, rate, format) in [("b", 48_000, "s32"), ("c", 96_000, "s16")] {
            let second = part(name, rate, format);
            let mut decoded = decode_file([first.clone(), second].concat());
            // The first packet with another header is dropped.
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
