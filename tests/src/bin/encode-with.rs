//! Encodes with one plugin file, for listening tests and measurements:
//!
//! ```text
//! ffmpeg -i music.flac -f f32le - | encode-with plugin.wasm out.mp3 44100 2 quality=2 [effort=7] [independent]
//! ```
//!
//! Samples are interleaved 32-bit floats on standard input. Prints the CPU time of
//! encoding in seconds, without compiling and reading.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool of the tests"
)]

use std::io::Read;
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};
use tonearm_e2e::plugin::{PcmFormat, Plugin, RateControl, Settings};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, out, rate, channels, options @ ..] = arguments.as_slice() else {
        panic!(
            "arguments: PLUGIN.wasm OUT RATE CHANNELS [quality=N | bitrate=N] [effort=N] [independent]"
        );
    };
    let number = |text: &str| text.parse::<u32>().expect("a number");
    let option = |name: &str| {
        let mut values = options
            .iter()
            .filter_map(|option| option.strip_prefix(name));
        values.next().map(number)
    };
    let small = |number: u32| u8::try_from(number).expect("a small number");
    let settings = Settings {
        format: PcmFormat {
            sample_rate: number(rate),
            channels: small(number(channels)),
        },
        rate_control: match option("bitrate=") {
            Some(kbits) => RateControl::Bitrate(u16::try_from(kbits).expect("a bitrate")),
            None => RateControl::Quality(small(option("quality=").unwrap_or(2))),
        },
        effort: small(option("effort=").unwrap_or(7)),
        independent_frames: options.iter().any(|option| option == "independent"),
    };
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.expect("standard input can be read");
    let pcm: Vec<f32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|sample| f32::from_le_bytes(*sample))
        .collect();

    let mut plugin = Plugin::load(Path::new(plugin));
    let start = cpu_seconds();
    let (stream, _) = plugin.encode(&settings, &pcm);
    println!("{:.3}", cpu_seconds() - start);
    std::fs::write(out, stream).expect("the output can be written");
}

/// CPU time of this thread, which excludes the epoch timer and the compiler.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
