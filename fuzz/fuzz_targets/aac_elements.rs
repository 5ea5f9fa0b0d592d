//! Decodes the same block of AAC-LC twice, in every supported channel configuration.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tonearm_aac_lc::Decoder;

fuzz_target!(|input: (u8, &[u8])| {
    let (configuration, block) = input;
    tonearm_fuzz::within_memory(|| {
        let Ok(mut decoder) = Decoder::new((configuration % 6 + 2) % 6 + 1, 48_000) else {
            return;
        };
        let mut samples = Vec::new();
        for _ in 0..2 {
            if decoder.decode(block, &mut samples).is_err() {
                return;
            }
        }
    });
});
