//! Streams that start in the middle, and blocks that are not plain LC.

use tonearm_aac_lc::{DecodeError, Decoder, UnsupportedConfig};
use tonearm_test_tools::require_tool;

use super::decoders::{RATES, config, ours};
use super::encode::{adts, blocks};

/// A segment starts with a new decoder.
#[test]
fn a_decoder_that_starts_in_the_middle_converges_after_one_block() {
    require_tool!("ffmpeg");
    let blocks = blocks(&adts("5.1", 6, 48_000, "-b:a 384k -aac_pns 0"));
    let (mut early, mut late) = (ours(6, 48_000), ours(6, 48_000));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (number, block) in blocks.iter().enumerate() {
        early.decode(block, &mut before).unwrap();
        if number >= 40 {
            late.decode(block, &mut after).unwrap();
        }
        assert!(number < 41 || before == after, "{number}");
    }
}

#[test]
fn a_block_of_another_layout_is_refused() {
    require_tool!("ffmpeg");
    let blocks = blocks(&adts("mono", 1, 48_000, "-b:a 64k"));
    let mut samples = Vec::new();
    for configuration in 2..=6 {
        let outcome = ours(configuration, 48_000).decode(&blocks[50], &mut samples);
        assert_eq!(outcome, Err(DecodeError), "{configuration}");
    }
}

#[test]
fn only_plain_lc_is_accepted() {
    for configuration in 1..=6 {
        for sample_rate in RATES {
            let config = config(configuration, sample_rate);
            let decoder = Decoder::from_audio_specific_config(&config).unwrap();
            assert_eq!(decoder.sample_rate(), sample_rate);
            let explicit = [config.as_slice(), &[0x56, 0xe5, 0]].concat();
            assert!(Decoder::from_audio_specific_config(&explicit).is_ok());
            let sbr = [config.as_slice(), &[0x56, 0xe5, 0x80]].concat();
            let [first, second] = config;
            let refused: [&[u8]; 5] = [
                &sbr,
                &config[..1],
                // 960 samples per frame.
                &[first, second | 4],
                // AAC Main and HE-AAC.
                &[1 << 3 | first & 7, second],
                &[5 << 3 | first & 7, second],
            ];
            for config in refused {
                let outcome = Decoder::from_audio_specific_config(config);
                assert_eq!(outcome.err(), Some(UnsupportedConfig), "{config:02x?}");
            }
        }
    }
    for (configuration, sample_rate) in [(0, 48_000), (7, 48_000), (2, 32_001)] {
        assert!(Decoder::new(configuration, sample_rate).is_err());
    }
}
