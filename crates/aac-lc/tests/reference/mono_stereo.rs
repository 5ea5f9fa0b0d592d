//! One and two channels, which symphonia decodes as well.

use tonearm_test_tools::require_tool;

use super::decoders::{RATES, decode_all, ours, symphonia, symphonia_planes};
use super::encode::{adts, blocks, ffmpeg};
use super::snr;

/// The options make the encoder use every tool that it has: noise substitution, intensity
/// and mid/side stereo, temporal noise shaping, short windows, both window shapes, and
/// escape sequences.
#[test]
fn mono_and_stereo_are_bit_exact_with_symphonia() {
    require_tool!("ffmpeg");
    let options = [
        "-b:a 48k",
        "-b:a 96k -aac_is 1 -aac_coder fast",
        "-b:a 192k -aac_tns 1",
        "-q:a 5 -aac_ms 1 -aac_is 0",
    ];
    for (channels, layout) in [(1, "mono"), (2, "stereo")] {
        for (sample_rate, options) in [44_100, 48_000]
            .into_iter()
            .flat_map(|rate| options.map(|options| (rate, options)))
        {
            let blocks = blocks(&adts(layout, channels, sample_rate, options));
            assert!(blocks.len() > 100);
            let mut ours = ours(channels as u8, sample_rate);
            let mut theirs = symphonia(channels as u8, sample_rate);
            let mut samples = Vec::new();
            for (number, block) in blocks.iter().enumerate() {
                ours.decode(block, &mut samples).unwrap();
                let expected = symphonia_planes(&mut *theirs, block);
                assert!(samples == expected, "{layout} {options} {number}");
            }
        }
    }
}

/// Without noise substitution, whose random numbers differ between decoders.
#[test]
fn every_sample_rate_matches_ffmpeg_and_symphonia() {
    require_tool!("ffmpeg");
    let options = [
        "-b:a 12k -aac_pns 0 -aac_tns 1",
        "-b:a 40k -aac_pns 0 -aac_is 1 -aac_coder fast",
        "-q:a 4 -aac_pns 0 -aac_tns 1 -aac_ms 1 -aac_is 0",
    ];
    for (channels, layout) in [(1, "mono"), (2, "stereo")] {
        for (sample_rate, options) in RATES
            .into_iter()
            .flat_map(|rate| options.map(|options| (rate, options)))
        {
            let adts = adts(layout, channels, sample_rate, options);
            let blocks = blocks(&adts);
            let mut theirs = symphonia(channels as u8, sample_rate);
            let decoded = decode_all(&mut ours(channels as u8, sample_rate), &blocks);
            for (number, (block, (_, samples))) in blocks.iter().zip(&decoded).enumerate() {
                let expected = symphonia_planes(&mut *theirs, block);
                assert!(
                    *samples == expected,
                    "{layout} {sample_rate} {options} {number}"
                );
            }
            let ffmpeg = ffmpeg(&["-i", "IN", "-f", "f32le"], Some(&adts));
            let (ffmpeg, _) = ffmpeg.as_chunks();
            let ffmpeg: Vec<f32> = ffmpeg
                .iter()
                .map(|&four| f32::from_le_bytes(four))
                .collect();
            for at in 0..channels {
                let ours: Vec<f32> = decoded
                    .iter()
                    .flat_map(|(_, samples)| samples.chunks_exact(1024).nth(at).unwrap())
                    .copied()
                    .collect();
                let theirs: Vec<f32> = ffmpeg.iter().skip(at).step_by(channels).copied().collect();
                let ratio = snr(&ours, &theirs);
                assert!(
                    ratio > 100.0,
                    "{layout} {sample_rate} {options}: {ratio} dB"
                );
            }
        }
    }
}

#[test]
fn a_block_may_end_without_id_end() {
    require_tool!("ffmpeg");
    let blocks = blocks(&adts("stereo", 2, 48_000, "-b:a 128k"));
    let (mut with, mut without) = (ours(2, 48_000), ours(2, 48_000));
    let mut count = 0;
    for (number, block) in blocks.iter().enumerate() {
        let mut bare = block.clone();
        // Nothing but `ID_END` and the byte alignment.
        if block.last() == Some(&0b1110_0000) {
            bare.pop();
            count += 1;
        }
        let [with, without] = [(&mut with, block), (&mut without, &bare)].map(|(it, block)| {
            let mut samples = Vec::new();
            it.decode(block, &mut samples).unwrap();
            samples
        });
        assert!(with == without, "{number}");
    }
    assert!(count > 0);
}
