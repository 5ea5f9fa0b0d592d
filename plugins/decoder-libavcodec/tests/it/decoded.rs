//! Decodes whole files: by the conversion with the plugin, and by ffmpeg.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tonearm_media::{FileError, Limits, OpenedFile, PcmSource, PluginDecoders, Selection, Target};
use tonearm_media_core::DecoderPlugin;

/// The plugin, linked natively.
pub fn plugin() -> Arc<dyn DecoderPlugin> {
    Arc::new(PluginDecoders(decoder_libavcodec::Plugin::new()))
}

/// Returns from a test where the plugin has no decoders.
#[macro_export]
macro_rules! require_libavcodec {
    () => {
        if !tonearm_test_tools::has("libavcodec", decoder_libavcodec::HAS_LIBAVCODEC) {
            return;
        }
    };
}

/// Interleaved samples.
#[derive(Debug)]
pub struct Decoded {
    /// In Hz.
    pub rate: u32,
    /// Number of channels, 1 or 2.
    pub channels: u8,
    /// Interleaved.
    pub samples: Vec<f32>,
}

impl Decoded {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        let frames = self.samples.len() / usize::from(self.channels).max(1);
        frames as f64 / f64::from(self.rate)
    }
}

/// Decodes a file as the converter does, with the plugin's decoders.
pub fn by_tonearm(file: &Path) -> Result<Decoded, FileError> {
    let rates = vec![
        8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
    ];
    let target = Target {
        sample_rates: rates,
        max_channels: 2,
    };
    let reader = File::open(file).unwrap();
    let opened = OpenedFile::open(reader, &Limits::default())?.with_plugin(plugin());
    let mut source = PcmSource::open(opened, &target, &Selection::default())?;
    let mut decoded = Decoded {
        rate: source.info().output_rate,
        channels: source.info().output_channels,
        samples: Vec::new(),
    };
    let mut block = Vec::new();
    while source.next_block(&mut block)? {
        decoded.samples.extend_from_slice(&block);
    }
    Ok(decoded)
}

/// Decodes the first audio track with ffmpeg, in the format of another decode.
pub fn by_ffmpeg(ffmpeg: &Path, file: &Path, format: &Decoded) -> Vec<f32> {
    let output = Command::new(ffmpeg)
        .args(["-v", "quiet", "-i"])
        .arg(file)
        .args(["-map", "0:a:0", "-f", "f32le", "-ar"])
        .arg(format.rate.to_string())
        .args(["-ac", &format.channels.to_string(), "-"])
        .output()
        .unwrap();
    let (samples, _) = output.stdout.as_chunks::<4>();
    let samples = samples.iter().map(|&bytes| f32::from_le_bytes(bytes));
    // What is no finite number is silence, as in the contract of plugins.
    samples
        .map(|sample| if sample.is_finite() { sample } else { 0.0 })
        .collect()
}
