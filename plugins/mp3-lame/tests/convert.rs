//! The whole way from a media file to an MP3, natively.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::io::{self, Cursor};
use std::ops::ControlFlow;

use mp3_lame::{
    BlockError, CHANNELS, LEAD_IN, MAX_BLOCK, RateControl as Rate, SAMPLE_RATES, Session as Lame,
};
use tonearm_media::{
    Budget, ConvertOptions, Description, Encoder, EncoderError, EncoderSession, Ending, MediaError,
    Progress, RateControl, Selection, Settings, Sink, Source, TagOptions, Tags, Target, convert,
};

struct Native;
struct Session(Lame);

impl Encoder for Native {
    type Session = Session;

    fn describe(&self) -> Description {
        Description {
            name: mp3_lame::name(),
            media_type: "audio/mpeg".to_owned(),
            extension: "mp3".to_owned(),
            sample_rates: SAMPLE_RATES.to_vec(),
            max_channels: *CHANNELS.end(),
            max_block: MAX_BLOCK as u32,
            lead_in: Some(LEAD_IN),
        }
    }

    fn open(&self, settings: &Settings) -> Result<Session, EncoderError> {
        Lame::open(&mp3_lame::Settings {
            sample_rate: settings.format.sample_rate,
            channels: settings.format.channels,
            rate_control: match settings.rate_control {
                RateControl::Quality(quality) => Rate::Quality(quality),
                RateControl::Bitrate(bitrate) => Rate::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        })
        .map(Session)
        .map_err(|error| EncoderError::BadSettings(error.to_string()))
    }
}

impl EncoderSession for Session {
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError> {
        self.0.push(pcm).map_err(refusal)
    }

    fn finish(&mut self) -> Result<Ending, EncoderError> {
        let ending = self.0.finish().map_err(refusal)?;
        Ok(Ending {
            tail: ending.tail,
            header: ending.header,
            delay: ending.delay,
            padding: ending.padding,
            samples: ending.samples,
        })
    }
}

fn refusal(error: BlockError) -> EncoderError {
    EncoderError::BadBlock(error.to_string())
}

#[derive(Default)]
struct File(Vec<u8>);

impl Sink for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let at = offset as usize;
        assert!(bytes.len() < 4096, "what is patched is little");
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

/// A WAV of so many 16-bit samples per channel, with a tone in it.
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
    tag: TagOptions {
        tags: NO_TAGS,
        cover: true,
        source_name: None,
    },
};

const NO_TAGS: Tags = Tags {
    title: None,
    artist: None,
    album: None,
    year: None,
    comment: None,
    cover: None,
};

fn open(bytes: Vec<u8>) -> Source {
    let target = Target::from(&Native.describe());
    Source::open(
        Cursor::new(bytes),
        &Budget::default(),
        &target,
        &Selection::default(),
    )
    .unwrap()
}

#[test]
fn a_wav_becomes_a_tagged_gapless_mp3() {
    let options = ConvertOptions {
        tag: TagOptions {
            source_name: Some("Ein Vortrag.wav".to_owned()),
            ..TagOptions::default()
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
        &Native,
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

    // Our own reader takes delay and padding off again, to the sample.
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
fn breaking_stops_it() {
    let mut calls = 0;
    let error = convert(
        &mut open(wav(44_100, 2, 500_000)),
        &Native,
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
fn a_full_disk_is_not_the_files_fault() {
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
    let error = convert(source, &Native, &OPTIONS, &mut Full, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    assert_eq!(error.code(), "media_write_failed");
    assert!(!error.is_permanent());
}

#[test]
fn settings_that_the_encoder_refuses_are_named() {
    let options = ConvertOptions {
        effort: 12,
        ..OPTIONS
    };
    let source = &mut open(wav(8000, 1, 8000));
    let sink = &mut File::default();
    let error = convert(source, &Native, &options, sink, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "encoder settings: effort is 12; valid: 0 to 9");
}
