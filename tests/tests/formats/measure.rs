//! How an MP3 of the app compares with ffmpeg's decode of the same file, and with
//! the MP3 that ffmpeg makes of it with the same encoder at the same settings.

use std::path::Path;

use tempfile::TempDir;
use tonearm_e2e::media::{Tone, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tone::level;

use crate::cases::Sound;

/// LAME's -q, the same on both sides.
pub const EFFORT: u8 = 7;

/// What was measured.
#[derive(Debug, Default)]
pub struct Measured {
    /// Rate of the MP3 in Hz.
    pub rate: u32,
    /// Channels of the MP3.
    pub channels: usize,
    /// Samples per channel of the MP3, without the encoder's delay and padding.
    pub samples: usize,
    /// How many more that are than ffmpeg decodes of the source.
    pub longer: i64,
    /// The tone whose level is furthest from what ffmpeg decodes, in dB.
    pub level: f64,
    /// The tone of another channel that is loudest in a channel where it is not in
    /// ffmpeg's decode, in dB above that.
    pub leak: f64,
    /// Signal to noise against ffmpeg's decode, in dB.
    pub snr: f64,
    /// That of the MP3 that ffmpeg makes.
    pub snr_of_ffmpeg: f64,
}

/// Compares `ours`, the app's MP3 of the file at `path`, with ffmpeg's sound.
pub fn compare(ours: &Decoded, path: &Path, sound: &Sound) -> Measured {
    let (rate, channels) = (ours.rate, ours.channels.len());
    let desk = TempDir::new().unwrap();
    let wanted = yardstick(path, sound, rate, desk.path());
    let mut ours: Vec<Vec<f32>> = played(ours);
    let longer = ours[0].len() as i64 - wanted[0].len() as i64;
    let samples = ours[0].len();
    if sound.search > 0 {
        align(&mut ours, &wanted, sound.search);
    }
    let theirs = of_ffmpeg(&wanted, rate, desk.path());
    let (mut worst, mut leak) = (0f64, -99f64);
    for (ours, wanted) in ours.iter().zip(&wanted) {
        for tone in &sound.tones {
            let edge = rate as usize / 4;
            let cut = |signal: &[f32]| {
                let end = signal.len().saturating_sub(edge).max(edge);
                level(signal.get(edge..end).unwrap_or_default(), rate, tone.hertz)
            };
            let (heard, there) = (cut(ours), cut(wanted));
            if there > -60.0 {
                worst = if (heard - there).abs() > worst.abs() {
                    heard - there
                } else {
                    worst
                };
            } else {
                leak = leak.max(heard);
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

/// ffmpeg's decode of the file, folded down and at the rate of the MP3.
fn yardstick(path: &Path, sound: &Sound, rate: u32, desk: &Path) -> Vec<Vec<f32>> {
    let pcm = desk.join("theirs.f32");
    let (path, rate) = (path.to_string_lossy(), rate.to_string());
    let mut words = vec!["-i", &path, "-map", sound.map, "-ar", &rate];
    words.extend(["-f", "f32le", "-c:a", "pcm_f32le"]);
    ffmpeg(&words, &pcm);
    let decoded: Vec<f32> = floats(&std::fs::read(&pcm).unwrap());
    let decoded = decoded
        .get(sound.drop * sound.channels..)
        .unwrap_or_default();
    let rows: &[&[f32]] = match sound.channels {
        1 => &[&[1.0]],
        2 => &[&[1.0, 0.0], &[0.0, 1.0]],
        _ => &[&FOLD[0], &FOLD[1]],
    };
    let folded = |row: &[f32]| {
        let frames = decoded.chunks_exact(sound.channels);
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
    rows.iter().map(|row| folded(row)).collect()
}

/// 5.1 to stereo by ITU-R BS.775, scaled so that it cannot clip.
const FOLD: [[f32; 6]; 2] = {
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let scale = 1.0 / (1.0 + 2.0 * half);
    let less = half * scale;
    [
        [scale, 0.0, less, 0.0, less, 0.0],
        [0.0, scale, less, 0.0, 0.0, less],
    ]
};

/// What comes out of an MP3 that ffmpeg makes of the same sound.
fn of_ffmpeg(sound: &[Vec<f32>], rate: u32, desk: &Path) -> Vec<Vec<f32>> {
    let (pcm, mp3) = (desk.join("wanted.f32"), desk.join("theirs.mp3"));
    let frames = 0..sound[0].len();
    let bytes: Vec<u8> = frames
        .flat_map(|at| sound.iter().map(move |channel| channel[at]))
        .flat_map(f32::to_le_bytes)
        .collect();
    std::fs::write(&pcm, bytes).unwrap();
    let (rate, channels) = (rate.to_string(), sound.len().to_string());
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

/// What a player without gaps plays: all of it where no tag tells what to cut, as of
/// MP3 that was copied and never had one.
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

/// Drops up to `most` samples from the start of one side, whatever fits best.
fn align(ours: &mut [Vec<f32>], wanted: &[Vec<f32>], most: usize) {
    // A second from the middle tells.
    let from = wanted[0].len() / 3;
    let of = |offset: i64| -> f64 {
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
    let most = most as i64;
    let best = (-most..=most)
        .min_by(|a, b| of(*a).total_cmp(&of(*b)))
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

/// Away from the ends, where a decoder may fade in.
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

/// The tones of so many channels: each its own pitch and level.
pub fn tones(channels: usize) -> Vec<Tone> {
    let surround = [
        (440.0, -6.0),
        (1000.0, -12.0),
        (700.0, -9.0),
        (60.0, -9.0),
        (1500.0, -12.0),
        (2200.0, -15.0),
    ];
    let tones = surround.iter().take(channels);
    tones.map(|&(hertz, dbfs)| Tone { hertz, dbfs }).collect()
}
