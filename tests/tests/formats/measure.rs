//! Compares an MP3 of the app with ffmpeg's decode of the same file, and with the MP3 that
//! ffmpeg makes with the same encoder and settings.

use std::path::Path;

use tempfile::TempDir;
use tonearm_e2e::media::{Tone, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tone::level;

use crate::cases::Audio;

/// LAME's `-q`, on both sides.
pub const EFFORT: u8 = 7;

/// The measurements of one file.
#[derive(Debug, Default)]
pub struct Measured {
    /// Sample rate of the MP3 in Hz.
    pub rate: u32,
    /// Channels of the MP3.
    pub channels: usize,
    /// Samples per channel of the MP3, without the encoder's delay and padding.
    pub samples: usize,
    /// Difference from the number of samples that ffmpeg decodes.
    pub longer: i64,
    /// The largest difference of a tone's level from ffmpeg's decode, in dB.
    pub level: f64,
    /// The highest level of a tone in a channel where ffmpeg's decode lacks it, in dBFS.
    pub leak: f64,
    /// Signal-to-noise ratio relative to ffmpeg's decode, in dB.
    pub snr: f64,
    /// The same ratio for the MP3 that ffmpeg makes.
    pub snr_of_ffmpeg: f64,
}

/// Compares `ours`, the app's MP3 of the file at `path`, with ffmpeg's decode.
pub fn compare(ours: &Decoded, path: &Path, audio: &Audio) -> Measured {
    let (rate, channels) = (ours.rate, ours.channels.len());
    let folder = TempDir::new().unwrap();
    let wanted = reference(path, audio, rate, folder.path());
    let mut ours: Vec<Vec<f32>> = played(ours);
    let longer = ours[0].len() as i64 - wanted[0].len() as i64;
    let samples = ours[0].len();
    if audio.search > 0 {
        align(&mut ours, &wanted, audio.search);
    }
    let theirs = ffmpeg_mp3(&wanted, rate, folder.path());
    let (mut worst, mut leak) = (0f64, -99f64);
    for (ours, wanted) in ours.iter().zip(&wanted) {
        for tone in &audio.tones {
            let edge = rate as usize / 4;
            let middle_level = |signal: &[f32]| {
                let end = signal.len().saturating_sub(edge).max(edge);
                level(signal.get(edge..end).unwrap_or_default(), rate, tone.hertz)
            };
            let (measured, expected) = (middle_level(ours), middle_level(wanted));
            if expected > -60.0 {
                worst = if (measured - expected).abs() > worst.abs() {
                    measured - expected
                } else {
                    worst
                };
            } else {
                leak = leak.max(measured);
            }
        }
    }
    Measured {
        rate,
        channels,
        samples,
        longer,
        level: worst,
        leak,
        snr: snr(&ours, &wanted),
        snr_of_ffmpeg: snr(&theirs, &wanted),
    }
}

/// ffmpeg's decode of the file, downmixed and at the sample rate of the MP3.
fn reference(path: &Path, audio: &Audio, rate: u32, folder: &Path) -> Vec<Vec<f32>> {
    let pcm = folder.join("theirs.f32");
    let (path, rate) = (path.to_string_lossy(), rate.to_string());
    let mut words = vec!["-i", &path, "-map", audio.map, "-ar", &rate];
    if audio.is_timed {
        words.extend(["-af", "aresample=async=1:first_pts=0"]);
    }
    words.extend(["-f", "f32le", "-c:a", "pcm_f32le"]);
    ffmpeg(&words, &pcm);
    let decoded: Vec<f32> = floats(&std::fs::read(&pcm).unwrap());
    let decoded = decoded
        .get(audio.drop * audio.channels..)
        .unwrap_or_default();
    let rows: &[&[f32]] = match audio.channels {
        1 => &[&[1.0]],
        2 => &[&[1.0, 0.0], &[0.0, 1.0]],
        _ => &[&DOWNMIX[0], &DOWNMIX[1]],
    };
    let downmix = |row: &[f32]| {
        let frames = decoded.chunks_exact(audio.channels);
        frames
            .map(|frame| {
                frame
                    .iter()
                    .zip(row)
                    .map(|(sample, weight)| sample * weight)
                    .sum()
            })
            .collect()
    };
    rows.iter().map(|row| downmix(row)).collect()
}

/// 5.1 to stereo according to ITU-R BS.775, whose sums stay within full scale here.
const DOWNMIX: [[f32; 6]; 2] = {
    let half = std::f32::consts::FRAC_1_SQRT_2;
    [
        [1.0, 0.0, half, 0.0, half, 0.0],
        [0.0, 1.0, half, 0.0, 0.0, half],
    ]
};

/// Encodes the audio with ffmpeg and decodes the MP3.
fn ffmpeg_mp3(audio: &[Vec<f32>], rate: u32, folder: &Path) -> Vec<Vec<f32>> {
    let (pcm, mp3) = (folder.join("wanted.f32"), folder.join("theirs.mp3"));
    let frames = 0..audio[0].len();
    let bytes: Vec<u8> = frames
        .flat_map(|at| audio.iter().map(move |channel| channel[at]))
        .flat_map(f32::to_le_bytes)
        .collect();
    std::fs::write(&pcm, bytes).unwrap();
    let (rate, channels) = (rate.to_string(), audio.len().to_string());
    let (effort, pcm) = (EFFORT.to_string(), pcm.to_string_lossy());
    ffmpeg(
        &[
            "-f",
            "f32le",
            "-ar",
            &rate,
            "-ac",
            &channels,
            "-i",
            &pcm,
            "-c:a",
            "libmp3lame",
            "-q:a",
            "0",
            "-compression_level",
            &effort,
        ],
        &mp3,
    );
    let decoded = Decoded::of(&std::fs::read(&mp3).unwrap());
    played(&decoded)
}

/// The samples that a gapless player plays: all of them without a LAME tag, as in an MP3
/// that was copied from a file without one.
fn played(mp3: &Decoded) -> Vec<Vec<f32>> {
    let is_tagged = mp3.xing.as_ref().is_some_and(|xing| xing.lame.is_some());
    match is_tagged {
        true => mp3
            .trimmed()
            .iter()
            .map(|channel| channel.to_vec())
            .collect(),
        false => mp3.channels.clone(),
    }
}

/// Aligns `ours` with `wanted` by dropping or inserting up to `max` samples at the start.
fn align(ours: &mut [Vec<f32>], wanted: &[Vec<f32>], max: usize) {
    // Compare 8000 samples from the middle.
    let from = wanted[0].len() / 3;
    let difference = |offset: i64| -> f64 {
        let start = from as i64 + offset;
        let part = usize::try_from(start)
            .ok()
            .and_then(|start| ours[0].get(start..));
        let pairs = part
            .unwrap_or_default()
            .iter()
            .zip(&wanted[0][from..])
            .take(8000);
        pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    let max = max as i64;
    let best = (-max..=max)
        .min_by(|a, b| difference(*a).total_cmp(&difference(*b)))
        .unwrap_or(0);
    for channel in ours {
        match usize::try_from(best) {
            Ok(lead) => drop(channel.drain(..lead.min(channel.len()))),
            Err(_) => drop(channel.splice(0..0, vec![0.0; best.unsigned_abs() as usize])),
        }
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (fours, _) = bytes.as_chunks();
    fours.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

/// Signal-to-noise ratio in dB, without both ends, where a decoder may fade in.
fn snr(ours: &[Vec<f32>], wanted: &[Vec<f32>]) -> f64 {
    let (mut signal, mut noise) = (0.0, 1e-30);
    for (ours, wanted) in ours.iter().zip(wanted) {
        let edge = 4096.min(wanted.len() / 8);
        let end = ours.len().min(wanted.len()).saturating_sub(edge);
        for (our, their) in ours.iter().zip(wanted).take(end).skip(edge) {
            signal += f64::from(*their).powi(2);
            noise += f64::from(our - their).powi(2);
        }
    }
    10.0 * f64::log10(signal / noise)
}

/// The tones of a file with this number of channels, each with its own frequency and
/// level.
pub fn tones(channels: usize) -> Vec<Tone> {
    let surround = [
        (440.0, -6.0),
        (1000.0, -12.0),
        (700.0, -9.0),
        (60.0, -9.0),
        (1500.0, -12.0),
        (2200.0, -15.0),
    ];
    // A downmix of all channels stays within full scale.
    let less = if channels > 2 { 6.0 } else { 0.0 };
    let tones = surround.iter().take(channels);
    tones
        .map(|&(hertz, dbfs)| Tone {
            hertz,
            dbfs: dbfs - less,
        })
        .collect()
}
