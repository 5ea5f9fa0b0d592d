//! Test signals and settings.

use std::f64::consts::TAU;

use tonearm_e2e::plugin::{Description, PcmFormat, Plugin, RateControl, Settings};

/// Default settings: 44.1 kHz stereo.
pub const USUAL: Settings = settings(44_100, 2);

/// Variable bitrate in a format.
pub const fn settings(sample_rate: u32, channels: u8) -> Settings {
    Settings {
        format: PcmFormat {
            sample_rate,
            channels,
        },
        rate_control: RateControl::Quality(2),
        effort: 7,
        independent_frames: false,
    }
}

/// Every format that a plugin accepts.
pub fn formats(description: &Description) -> Vec<Settings> {
    let rates = description.sample_rates.iter();
    rates
        .flat_map(|&rate| {
            (1..=description.max_channels).map(move |channels| settings(rate, channels))
        })
        .collect()
}

/// The frequency of the tone in a channel, in Hz.
pub fn hertz(channel: usize) -> f64 {
    500.0 + 1000.0 * channel as f64
}

/// A tone in each channel.
pub fn tones(settings: &Settings, frames: usize) -> Vec<f32> {
    let channels = usize::from(settings.format.channels);
    (0..frames * channels)
        .map(|n| {
            let time = (n / channels) as f64 / f64::from(settings.format.sample_rate);
            (0.4 * (TAU * hertz(n % channels) * time).sin()) as f32
        })
        .collect()
}

/// A signal that exercises the whole encoder: changing chords, swelling noise, silence, and
/// clicks, which make it switch windows.
pub fn busy(settings: &Settings, frames: usize) -> Vec<f32> {
    let channels = usize::from(settings.format.channels);
    let rate = f64::from(settings.format.sample_rate);
    let mut noise = Noise(1);
    let mut pcm = Vec::with_capacity(frames * channels);
    for n in 0..frames {
        let time = n as f64 / rate;
        let bar = (time * 1.7) as u32;
        let in_bar = (time * 1.7).fract();
        for channel in 0..channels {
            let root = 110.0 * f64::from(bar % 5 + 2) / 2.0 * (1.0 + 0.003 * channel as f64);
            let chord: f64 = [1.0, 1.26, 1.5, 4.0]
                .map(|step| (TAU * root * step * time).sin())
                .iter()
                .sum();
            let hit = (-in_bar * 30.0).exp() * f64::from(noise.next());
            let swell = 0.05 * (TAU * 0.3 * time).sin().abs() * f64::from(noise.next());
            let click = if n % 7919 == 0 { 0.8 } else { 0.0 };
            let sample = match bar % 7 {
                6 => 0.0,
                _ => 0.12 * chord + 0.6 * hit + swell + click,
            };
            pcm.push(sample as f32);
        }
    }
    pcm
}

/// Reproducible noise (xorshift).
pub struct Noise(pub u32);

impl Noise {
    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// The next value from -1.0 to 1.0.
    pub fn next(&mut self) -> f32 {
        self.bits() as f32 / u32::MAX as f32 * 2.0 - 1.0
    }
}

/// Encodes in blocks of these lengths per channel, repeated until the end.
pub fn encode_in_blocks(
    plugin: &mut Plugin,
    settings: &Settings,
    pcm: &[f32],
    sizes: &[usize],
) -> Vec<u8> {
    let channels = usize::from(settings.format.channels);
    let session = plugin.open(settings).unwrap();
    let mut rest = pcm;
    let mut stream = Vec::new();
    for size in sizes.iter().cycle() {
        let (block, after) = rest.split_at(rest.len().min(size * channels));
        stream.extend(plugin.push(session, block).unwrap());
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    let ending = plugin.finish(session).unwrap();
    plugin.drop(session);
    stream.extend(ending.tail);
    stream[..ending.header.len()].copy_from_slice(&ending.header);
    stream
}
