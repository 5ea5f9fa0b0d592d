//! Decodes the same block of AAC-LC twice, in every supported channel configuration.

use tonearm_aac_lc::Decoder;

pub(crate) fn run(input: &[u8]) {
    let Some((&configuration, block)) = input.split_first() else {
        return;
    };
    let Ok(mut decoder) = Decoder::new((configuration % 6 + 2) % 6 + 1, 48_000) else {
        return;
    };
    let mut samples = Vec::new();
    for _ in 0..2 {
        if decoder.decode(block, &mut samples).is_err() {
            return;
        }
    }
}
