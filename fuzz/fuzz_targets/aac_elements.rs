//! Packets of AAC-LC decoded, by a channel configuration.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (configuration, packet) = input;
    tonearm_fuzz::within_memory(|| tonearm_media::fuzzing::aac_elements(configuration, packet));
});
