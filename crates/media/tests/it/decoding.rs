//! Decodes files with the crate under test, and measures the result.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tonearm_media::{
    DecoderPlugin, FileError, Limits, OpenedFile, PcmSource, PluginDecoders, Selection, SourceInfo,
    Target,
};

/// The formats that MP3 encoders accept.
pub fn mp3() -> Target {
    Target {
        sample_rates: vec![
            8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
        ],
        max_channels: 2,
    }
}

/// The decoded audio of a file.
pub struct Decoded {
    pub info: SourceInfo,
    pub samples: Vec<f32>,
    pub concealed: u64,
    pub silent: Duration,
    pub gaps: Duration,
    pub is_truncated: bool,
}

impl Decoded {
    /// Samples per channel.
    pub fn frames(&self) -> usize {
        self.samples.len() / self.channels()
    }

    pub fn channels(&self) -> usize {
        usize::from(self.info.output_channels)
    }

    /// The samples of one channel.
    pub fn channel(&self, channel: usize) -> Vec<f32> {
        let all = self.samples.iter().skip(channel);
        all.step_by(self.channels()).copied().collect()
    }

    /// Amplitude of a tone in a channel, without the first and last tenth.
    pub fn tone(&self, channel: usize, hertz: f64) -> f64 {
        let samples = self.channel(channel);
        let edge = samples.len() / 10;
        let rate = f64::from(self.info.output_rate);
        goertzel(&samples[edge..samples.len() - edge], hertz / rate)
    }
}

/// Amplitude of a tone of `cycles` per sample.
fn goertzel(samples: &[f32], cycles: f64) -> f64 {
    let step = cycles * std::f64::consts::TAU;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, &sample) in samples.iter().enumerate() {
        // A window separates neighbouring tones.
        let phase = n as f64 / samples.len() as f64 * std::f64::consts::TAU;
        let windowed = f64::from(sample) * (1.0 - phase.cos());
        re += windowed * (step * n as f64).cos();
        im += windowed * (step * n as f64).sin();
    }
    2.0 * re.hypot(im) / samples.len() as f64
}

/// The decoder plugin, linked natively.
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

/// Opens a file for decoding.
pub fn open(
    reader: impl Read + Seek + Send + 'static,
    limits: &Limits,
    target: &Target,
    selection: &Selection,
) -> Result<PcmSource, FileError> {
    let file = OpenedFile::open(reader, limits)?.with_plugin(plugin());
    PcmSource::open(file, target, selection)
}

/// Decodes a file with the default limits.
pub fn decode_file(path: &Path) -> Result<Decoded, FileError> {
    decode_reader(File::open(path).unwrap(), &Limits::default())
}

/// Decodes a selection of a file.
pub fn decode_selected(path: &Path, selection: &Selection) -> Result<Decoded, FileError> {
    decode_selection(File::open(path).unwrap(), &Limits::default(), selection)
}

/// Decodes the file behind a reader.
pub fn decode_reader(
    reader: impl Read + Seek + Send + 'static,
    limits: &Limits,
) -> Result<Decoded, FileError> {
    decode_selection(reader, limits, &Selection::default())
}

fn decode_selection(
    reader: impl Read + Seek + Send + 'static,
    limits: &Limits,
    selection: &Selection,
) -> Result<Decoded, FileError> {
    let mut source = open(reader, limits, &mp3(), selection)?;
    let info = source.info().clone();
    let mut samples = Vec::new();
    let mut block = Vec::new();
    let mut fraction = 0.0;
    while source.next_block(&mut block)? {
        assert_eq!(block.len() % usize::from(info.output_channels), 0);
        assert!(block.len() <= PcmSource::MAX_BLOCK * usize::from(info.output_channels));
        assert!(source.fraction() >= fraction && source.fraction() <= 1.0);
        fraction = source.fraction();
        samples.extend_from_slice(&block);
    }
    assert_eq!(source.fraction(), 1.0);
    Ok(Decoded {
        info,
        samples,
        concealed: source.concealed(),
        silent: source.silent(),
        gaps: source.gaps(),
        is_truncated: source.is_truncated(),
    })
}

/// The signal-to-noise ratio in dB of `ours` against `reference`, over the shorter length.
pub fn snr(ours: &[f32], reference: &[f32]) -> f64 {
    let (mut signal, mut noise) = (0.0, 1e-30);
    for (&our, &expected) in ours.iter().zip(reference) {
        signal += f64::from(expected).powi(2);
        noise += f64::from(our - expected).powi(2);
    }
    10.0 * (signal / noise).log10()
}
