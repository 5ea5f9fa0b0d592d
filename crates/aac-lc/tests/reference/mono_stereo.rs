//! One and two channels, which symphonia decodes as well.

use tonearm_test_tools::require_tool;

use super::decoders::{ours, symphonia, symphonia_planes};
use super::encode::{adts, blocks};

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
