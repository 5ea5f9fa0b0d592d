//! Streams, decoded by an independent decoder.

use std::io::Write;
use std::process::{Command, Stdio};

use tonearm_e2e::plugin::{Description, Ending, Plugin};
use tonearm_e2e::tag::xing::Xing;

use crate::support::{USUAL, formats, hertz, tones};

/// Samples that an MP3 decoder adds at the start.
const DECODER_DELAY: usize = 529;

/// The samples of a stream by channel, and its sample rate in Hz.
fn decode(description: &Description, stream: &[u8], ending: &Ending) -> (Vec<Vec<f64>>, u32) {
    match description.media_type.as_str() {
        "audio/mpeg" => decode_mp3(&stream[ending.header.len()..]),
        "audio/wav" => decode_wav(stream),
        other => panic!("no decoder for {other}: add one here"),
    }
}

fn decode_mp3(frames: &[u8]) -> (Vec<Vec<f64>>, u32) {
    let mut decoder = minimp3::Decoder::new(frames);
    let mut channels: Vec<Vec<f64>> = Vec::new();
    let mut rate = 0;
    while let Ok(frame) = decoder.next_frame() {
        channels.resize(frame.channels, Vec::new());
        rate = frame.sample_rate.cast_unsigned();
        for (n, sample) in frame.data.iter().enumerate() {
            channels[n % frame.channels].push(f64::from(*sample) / 32768.0);
        }
    }
    (channels, rate)
}

/// Decodes by ffmpeg, to 16-bit samples.
fn decode_wav(stream: &[u8]) -> (Vec<Vec<f64>>, u32) {
    let number = |at: usize| u16::from_le_bytes([stream[at], stream[at + 1]]);
    let (channels, rate) = (usize::from(number(22)), u32::from(number(24)));
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-i", "-", "-f", "s16le", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = ffmpeg.stdin.take().unwrap();
    let stream = stream.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&stream));
    let output = ffmpeg.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success());
    let mut decoded = vec![Vec::new(); channels];
    for (n, sample) in output.stdout.as_chunks::<2>().0.iter().enumerate() {
        decoded[n % channels].push(f64::from(i16::from_le_bytes(*sample)) / 32768.0);
    }
    (decoded, rate)
}

pub fn every_format_decodes_to_the_source(plugin: &mut Plugin) {
    let description = plugin.describe();
    for settings in formats(&description) {
        let rate = settings.format.sample_rate;
        let channels = usize::from(settings.format.channels);
        let frames = rate as usize + 77;
        let pcm = tones(&settings, frames);
        let (stream, ending) = plugin.encode(&settings, &pcm);
        let (decoded, decoded_rate) = decode(&description, &stream, &ending);
        assert_eq!((decoded_rate, decoded.len()), (rate, channels));
        assert_eq!(ending.samples, frames as u64);

        let (delay, padding) = (ending.delay as usize, ending.padding as usize);
        let is_mp3 = description.media_type == "audio/mpeg";
        let start = if is_mp3 {
            // Delay, source and padding make up the whole.
            assert_eq!(decoded[0].len(), delay + frames + padding, "{settings:?}");
            delay + DECODER_DELAY
        } else {
            // Not every decoder trims to the length in the header.
            assert!(
                (frames..=frames + padding).contains(&decoded[0].len()),
                "{settings:?}"
            );
            delay
        };
        for (channel, samples) in decoded.iter().enumerate() {
            let samples = &samples[start + 4000..start + frames - 2000];
            let mono: Vec<f32> = samples.iter().map(|&sample| sample as f32).collect();
            let level = tonearm_e2e::tone::level(&mono, rate, hertz(channel));
            assert!((-8.9..-7.1).contains(&level), "{settings:?}: {level} dBFS");
            let ours = pcm[channels * 4000 + channel..].iter().step_by(channels);
            let error: f64 = samples
                .iter()
                .zip(ours)
                .map(|(decoded, &pushed)| (decoded - f64::from(pushed)).powi(2))
                .sum();
            let noise = (error / samples.len() as f64).sqrt();
            assert!(noise < 0.03, "{settings:?}: off by {noise}");
        }
    }
}

pub fn the_stream_contains_its_length_and_gaps(plugin: &mut Plugin) {
    let description = plugin.describe();
    let pcm = tones(&USUAL, 100_000);
    let (stream, ending) = plugin.encode(&USUAL, &pcm);
    if description.media_type != "audio/mpeg" {
        let (decoded, _) = decode(&description, &stream, &ending);
        assert!(decoded[0].len() >= 100_000);
        return;
    }
    let xing = Xing::of(&stream).expect("a Xing header");
    let frames = (100_000 + ending.delay + ending.padding) / 1152;
    assert_eq!(xing.frames, Some(frames));
    assert_eq!(xing.bytes.map(|bytes| bytes as usize), Some(stream.len()));
    let lame = xing.lame.expect("LAME's extension");
    assert_eq!(
        (lame.delay, lame.padding),
        (ending.delay as usize, ending.padding as usize)
    );
}
