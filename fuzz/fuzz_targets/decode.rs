//! The whole way from the bytes of any file to PCM.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| tonearm_fuzz::within_memory(|| tonearm_fuzz::decode(file)));
