//! Decodes the same block of AAC-LC twice, in every supported channel configuration and sample
//! rate.

use tonearm_aac_lc::Decoder;

/// One of each division of the spectrum.
const RATES: [u32; 8] = [
    48_000, 96_000, 64_000, 44_100, 32_000, 24_000, 16_000, 8_000,
];

pub(crate) fn run(input: &[u8]) {
    let Some((&configuration, block)) = input.split_first() else {
        return;
    };
    let rate = RATES[usize::from(configuration / 6) % RATES.len()];
    let Ok(mut decoder) = Decoder::new((configuration % 6 + 2) % 6 + 1, rate) else {
        return;
    };
    let mut samples = Vec::new();
    for _ in 0..2 {
        if decoder.decode(block, &mut samples).is_err() {
            return;
        }
    }
}
