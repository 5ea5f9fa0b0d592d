//! The fuzz targets as functions. libFuzzer calls them from `fuzz/`, and a test replays the
//! corpus with them.
//!
//! A target panics if an input breaks a promise. The process aborts if an input takes more
//! memory than [`MEMORY`]. Each container of the table has a target, named `demux_` and its
//! id.

mod aac_lc;
mod decode;
mod decoder_plugin;
mod demux;
mod encoder;
mod memory;
mod mp3_stream;
mod multipart;
mod remux;
mod session;
mod video_split;

use tonearm_demux::Container;
use tonearm_media::{Limits, Target as Pcm};

pub use memory::MEMORY;

/// A fuzz target.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name, also of the folder in `fuzz/corpus`.
    pub name: String,
    run: Run,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    Demux(Container),
    Other(Body),
}

/// The function of a target.
type Body = fn(&[u8]);

impl Target {
    /// Runs the target on one input, within [`MEMORY`].
    ///
    /// # Panics
    /// If the input breaks a promise.
    pub fn run(&self, input: &[u8]) {
        memory::limited(|| match self.run {
            Run::Demux(container) => demux::run(container, input),
            Run::Other(run) => run(input),
        });
    }
}

/// All targets.
pub fn all() -> Vec<Target> {
    let containers = Container::ALL.iter().map(|&container| Target {
        name: format!("demux_{}", container.id()),
        run: Run::Demux(container),
    });
    let others: [(&str, Body); 9] = [
        ("aac_elements", aac_lc::run),
        ("decode", decode::run),
        ("decoder_plugin", decoder_plugin::run),
        ("encoder", encoder::run),
        ("joining", mp3_stream::run),
        ("multipart", multipart::run),
        ("remux", remux::run),
        ("session", session::run),
        ("video_split", video_split::run),
    ];
    let others = others.map(|(name, run)| Target {
        name: name.to_owned(),
        run: Run::Other(run),
    });
    containers.chain(others).collect()
}

/// Limits for a file, low enough to keep the worst case short.
fn limits() -> Limits {
    Limits {
        max_seconds: 20,
        max_samples: 1_000_000,
        max_items: 200_000,
        ..Limits::default()
    }
}

/// The PCM format for the encoder.
fn pcm() -> Pcm {
    Pcm {
        sample_rates: vec![8000, 16_000, 44_100, 48_000],
        max_channels: 2,
    }
}
