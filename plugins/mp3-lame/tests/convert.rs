//! Conversions of whole files, natively.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

mod native;

use std::io::{self, Cursor};
use std::ops::ControlFlow;

use native::{File, LAME};
use tonearm_media::{
    ConvertOptions, Encoder, Limits, MediaError, OpenedFile, PcmSource, Progress, RateControl,
    Selection, Sink, TagOptions, Target, convert,
};

/// A 16-bit WAV file of a tone, of `frames` samples per channel.
fn wav(rate: u32, channels: u16, frames: u32) -> Vec<u8> {
    let data = frames * u32::from(channels) * 2;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    wav.extend(channels.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * u32::from(channels) * 2).to_le_bytes());
    wav.extend((channels * 2).to_le_bytes());
    wav.extend(b"\x10\0data");
    wav.extend(data.to_le_bytes());
    for n in 0..frames {
        let time = f64::from(n) / f64::from(rate);
        let sample = (12_000.0 * (std::f64::consts::TAU * 440.0 * time).sin()) as i16;
        for _ in 0..channels {
            wav.extend(sample.to_le_bytes());
        }
    }
    wav
}

const OPTIONS: ConvertOptions = ConvertOptions {
    rate_control: RateControl::Quality(1),
    effort: 7,
    tag: TagOptions::PLAIN,
};

fn open(bytes: Vec<u8>) -> PcmSource {
    let target = Target::from(&LAME.describe());
    let file = OpenedFile::open(Cursor::new(bytes), &Limits::default()).unwrap();
    PcmSource::open(file, &target, &Selection::default()).unwrap()
}

#[test]
fn a_wav_becomes_a_tagged_gapless_mp3() {
    let options = ConvertOptions {
        tag: TagOptions {
            source_name: Some("Ein Vortrag.wav".to_owned()),
            ..TagOptions::PLAIN
        },
        ..OPTIONS
    };
    let mut file = File::default();
    let mut last = Progress {
        fraction: 0.0,
        samples: 0,
        bytes: 0,
    };
    let summary = convert(
        &mut open(wav(44_100, 2, 123_457)),
        &LAME,
        &options,
        &mut file,
        &mut |progress| {
            assert!(progress.fraction >= last.fraction && progress.samples >= last.samples);
            last = progress;
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    assert_eq!(last.samples, 123_457);
    assert_eq!(
        (summary.samples, summary.sample_rate, summary.channels),
        (123_457, 44_100, 2)
    );
    assert_eq!(summary.duration.as_micros(), 2_799_478);
    assert_eq!(summary.bytes, file.0.len() as u64);
    assert_eq!((summary.concealed, summary.is_truncated), (0, false));

    // The reader trims delay and padding to the sample.
    let mut source = open(file.0);
    assert_eq!(source.info().tags.title.as_deref(), Some("Ein Vortrag"));
    let mut samples = 0;
    let mut block = Vec::new();
    while source.next_block(&mut block).unwrap() {
        samples += block.len() / 2;
    }
    assert_eq!(samples, 123_457);
}

#[test]
fn a_low_constant_bitrate_keeps_the_exact_length() {
    for bitrate in [8, 32, 40, 48, 56, 64, 320] {
        for (rate, channels) in [(8_000, 1), (22_050, 2), (44_100, 1), (48_000, 2)] {
            let options = ConvertOptions {
                rate_control: RateControl::Bitrate(bitrate).at(rate),
                ..OPTIONS
            };
            if rate > 24_000 && bitrate < 32 {
                continue;
            }
            let mut file = File::default();
            let mut source = open(wav(rate, channels, 30_001));
            convert(&mut source, &LAME, &options, &mut file, &mut |_| {
                ControlFlow::Continue(())
            })
            .unwrap();
            let (mut source, mut block) = (open(file.0), Vec::new());
            let mut samples = 0;
            while source.next_block(&mut block).unwrap() {
                samples += block.len() / usize::from(channels);
            }
            assert_eq!(samples, 30_001, "{bitrate} kbit/s at {rate} Hz");
        }
    }
}

#[test]
fn the_progress_callback_stops_a_conversion() {
    let mut calls = 0;
    let error = convert(
        &mut open(wav(44_100, 2, 500_000)),
        &LAME,
        &OPTIONS,
        &mut File::default(),
        &mut |_| {
            calls += 1;
            if calls == 3 {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        },
    )
    .unwrap_err();
    assert!(matches!(error, MediaError::Stopped), "{error}");
    assert_eq!(calls, 3);
}

#[test]
fn an_error_of_the_sink_is_not_permanent() {
    struct Full;
    impl Sink for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<()> {
            Err(io::Error::other("the store is full"))
        }
        fn patch(&mut self, _: u64, _: &[u8]) -> io::Result<()> {
            Ok(())
        }
    }
    let source = &mut open(wav(8000, 1, 8000));
    let error = convert(source, &LAME, &OPTIONS, &mut Full, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    assert_eq!(error.code(), "media_write_failed");
    assert!(!error.is_permanent());
}

#[test]
fn refused_settings_are_named() {
    let options = ConvertOptions {
        effort: 12,
        ..OPTIONS
    };
    let source = &mut open(wav(8000, 1, 8000));
    let sink = &mut File::default();
    let error = convert(source, &LAME, &options, sink, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "encoder settings: effort is 12; valid: 0 to 9");
}
