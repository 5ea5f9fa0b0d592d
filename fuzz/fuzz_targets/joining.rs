//! MP3 frames, runs of them, and the Xing frame: what joins segments.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (cut, stream) = input;
    tonearm_fuzz::within_memory(|| tonearm_media::fuzzing::frames(stream, cut.into()));
});
