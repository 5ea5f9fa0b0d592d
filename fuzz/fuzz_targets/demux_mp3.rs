//! The demuxer of bare MPEG audio, whatever the first bytes say.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tonearm_media::Container;

fuzz_target!(|file: &[u8]| tonearm_fuzz::demux(Container::Mp3, file));
