//! Decodes with one plugin file, for measurements:
//!
//! ```text
//! decode-with plugin.wasm CODEC RATE CHANNELS BYTES <packets
//! ```
//!
//! Standard input is a stream of packets, each after its length in four bytes,
//! little-endian; the first is the configuration. Prints the CPU time of decoding in seconds
//! and the number of samples per channel.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool of the tests"
)]

use std::io::Read;
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};
use tonearm_e2e::decoder_plugin::{DecoderPlugin, Settings};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, codec, rate, channels, block] = arguments.as_slice() else {
        panic!("arguments: PLUGIN.wasm CODEC RATE CHANNELS BLOCK_BYTES");
    };
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.expect("standard input can be read");
    let mut packets = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (packet, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        packets.push(packet.to_vec());
        rest = after;
    }
    let settings = Settings {
        codec: codec.clone(),
        sample_rate: rate.parse().expect("a rate"),
        channels: channels.parse().expect("a number of channels"),
        channel_mask: 0,
        block_bytes: block.parse().expect("bytes of a block"),
        bits_per_coded_sample: 0,
        bit_rate: 0,
        tag: 0,
        config: packets.remove(0),
    };
    let mut plugin = DecoderPlugin::load(Path::new(plugin));
    let session = plugin.open(&settings).expect("the settings are valid");
    let start = cpu_seconds();
    let (mut samples, mut damaged) = (0, 0);
    for packet in packets {
        for pcm in plugin.decode(session, &[packet]) {
            match pcm {
                Ok(pcm) => samples += pcm.samples.len() / usize::from(pcm.channels.max(1)),
                Err(_) => damaged += 1,
            }
        }
    }
    let seconds = cpu_seconds() - start;
    println!("{seconds:.3} {samples} {damaged}");
}

/// CPU time of this thread, which excludes the epoch timer and the compiler.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
