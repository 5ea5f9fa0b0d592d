//! The contract of `tonearm:audio/encoder`, tested natively. An independent decoder
//! (minimp3) checks the streams.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

use std::f64::consts::TAU;

use mp3_lame::Session;
use proptest::prelude::*;
use tonearm_encoder_sdk::{
    CHANNELS, EFFORTS, EncoderError, EncoderSession, Ending, MAX_BLOCK, PcmFormat, QUALITIES,
    RateControl, SAMPLE_RATES, Settings, bitrates,
};

const USUAL: Settings = Settings {
    format: PcmFormat {
        sample_rate: 44_100,
        channels: 2,
    },
    rate_control: RateControl::Quality(2),
    effort: 7,
    independent_frames: false,
};

/// A tone in each channel: 500 Hz on the left, 1500 Hz on the right.
fn tones(settings: &Settings, frames: usize) -> Vec<f32> {
    let channels = usize::from(settings.format.channels);
    (0..frames * channels)
        .map(|n| {
            let hertz = 500.0 + 1000.0 * (n % channels) as f64;
            let time = (n / channels) as f64 / f64::from(settings.format.sample_rate);
            (0.4 * (TAU * hertz * time).sin()) as f32
        })
        .collect()
}

/// Encodes a whole stream and writes the header over its first bytes.
fn encode(settings: &Settings, blocks: &[&[f32]]) -> (Vec<u8>, Ending) {
    let mut session = Session::open(settings).unwrap();
    let mut stream = Vec::new();
    let mut first = None;
    for block in blocks {
        let bytes = session.push(block).unwrap();
        if !bytes.is_empty() {
            first.get_or_insert(bytes.len());
        }
        stream.extend(bytes);
    }
    let ending = session.finish().unwrap();
    assert!(ending.header.len() <= first.unwrap_or(ending.tail.len()));
    stream.extend(&ending.tail);
    stream[..ending.header.len()].copy_from_slice(&ending.header);
    (stream, ending)
}

/// Decodes the frames after the header: the samples of each channel, and the sample rate.
fn decode(stream: &[u8], ending: &Ending) -> (Vec<Vec<f64>>, u32) {
    let mut decoder = minimp3::Decoder::new(&stream[ending.header.len()..]);
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

/// The amplitude of a frequency.
fn tone(samples: &[f64], hertz: f64, rate: u32) -> f64 {
    let step = TAU * hertz / f64::from(rate);
    let sum = |wave: fn(f64) -> f64| -> f64 {
        let terms = samples.iter().enumerate();
        terms
            .map(|(n, sample)| sample * wave(step * n as f64))
            .sum()
    };
    2.0 * sum(f64::sin).hypot(sum(f64::cos)) / samples.len() as f64
}

fn blocks<'a>(pcm: &'a [f32], settings: &Settings) -> Vec<&'a [f32]> {
    pcm.chunks(MAX_BLOCK * usize::from(settings.format.channels))
        .collect()
}

#[test]
fn every_format_decodes_to_the_source() {
    for sample_rate in SAMPLE_RATES {
        for channels in CHANNELS {
            let format = PcmFormat {
                sample_rate,
                channels,
            };
            let settings = Settings { format, ..USUAL };
            let frames = sample_rate as usize + 77;
            let pcm = tones(&settings, frames);
            let (stream, ending) = encode(&settings, &blocks(&pcm, &settings));
            let (decoded, rate) = decode(&stream, &ending);
            assert_eq!((rate, decoded.len()), (sample_rate, usize::from(channels)));
            assert_eq!(ending.samples, frames as u64);
            // Delay, source and padding make up the whole.
            let (delay, padding) = (ending.delay as usize, ending.padding as usize);
            assert_eq!(decoded[0].len(), delay + frames + padding, "{settings:?}");
            // The decoder adds 529 samples.
            let start = delay + 529;
            let middle = start + 4000..start + frames - 2000;
            for (channel, samples) in decoded.iter().enumerate() {
                let hertz = 500.0 + 1000.0 * channel as f64;
                let samples = &samples[middle.clone()];
                let level = tone(samples, hertz, sample_rate);
                assert!((0.36..0.44).contains(&level), "{settings:?}: {level}");
                let ours = pcm[usize::from(channels) * 4000 + channel..]
                    .iter()
                    .step_by(usize::from(channels));
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
}

#[test]
fn the_header_contains_length_and_gaps() {
    let pcm = tones(&USUAL, 100_000);
    let (stream, ending) = encode(&USUAL, &blocks(&pcm, &USUAL));
    let header = &ending.header;
    assert_eq!(stream[..2], [0xff, 0xfb]);
    let xing = header.windows(4).position(|four| four == b"Xing").unwrap();
    let number =
        |at: usize| u32::from_be_bytes(header[xing + at..xing + at + 4].try_into().unwrap());
    let frames = (100_000 + ending.delay + ending.padding) / 1152;
    assert_eq!(number(8), frames);
    // LAME counts the header itself.
    assert_eq!(number(12) as usize, stream.len());
    let lame = header.windows(4).position(|four| four == b"LAME").unwrap();
    let gaps = &header[lame + 21..lame + 24];
    let delay = u32::from(gaps[0]) << 4 | u32::from(gaps[1]) >> 4;
    let padding = u32::from(gaps[1] & 15) << 8 | u32::from(gaps[2]);
    assert_eq!((delay, padding), (ending.delay, ending.padding));
}

#[test]
fn every_constant_bitrate_has_a_header_frame() {
    for sample_rate in SAMPLE_RATES {
        for (&bitrate, channels) in bitrates(sample_rate).iter().zip([1, 2].into_iter().cycle()) {
            let settings = Settings {
                format: PcmFormat {
                    sample_rate,
                    channels,
                },
                rate_control: RateControl::Bitrate(bitrate),
                ..USUAL
            };
            let pcm = tones(&settings, 20_000);
            let (stream, ending) = encode(&settings, &blocks(&pcm, &settings));
            let header = &ending.header;
            let info = header.windows(4).position(|four| four == b"Info");
            let info = info.unwrap_or_else(|| panic!("{settings:?}: no header frame"));
            let number = |at: usize| {
                u32::from_be_bytes(header[info + at..info + at + 4].try_into().unwrap())
            };
            let samples = if sample_rate >= 32_000 { 1152 } else { 576 };
            let all = 20_000 + ending.delay + ending.padding;
            assert_eq!(number(8) * samples, all, "{settings:?}");
            assert_eq!(number(12) as usize, stream.len(), "{settings:?}");
            let gaps = &header[info + 141..info + 144];
            let gaps = u32::from_be_bytes([0, gaps[0], gaps[1], gaps[2]]);
            assert_eq!((gaps >> 12, gaps & 0xfff), (ending.delay, ending.padding));
            let (decoded, rate) = decode(&stream, &ending);
            assert_eq!((rate, decoded[0].len()), (sample_rate, all as usize));
        }
    }
}

#[test]
fn an_empty_stream_has_an_ending() {
    let (stream, ending) = encode(&USUAL, &[]);
    assert_eq!(ending.samples, 0);
    assert!(stream.len() >= ending.header.len());
    let (with_empty_blocks, _) = encode(&USUAL, &[&[], &[]]);
    assert_eq!(with_empty_blocks, stream);
}

#[test]
fn every_setting_opens() {
    for rate_control in QUALITIES.map(RateControl::Quality) {
        for effort in EFFORTS {
            Session::open(&Settings {
                rate_control,
                effort,
                ..USUAL
            })
            .unwrap();
        }
    }
    for sample_rate in SAMPLE_RATES {
        for &bitrate in bitrates(sample_rate) {
            let rate_control = RateControl::Bitrate(bitrate);
            let format = PcmFormat {
                sample_rate,
                ..USUAL.format
            };
            let settings = Settings {
                format,
                rate_control,
                ..USUAL
            };
            let pcm = tones(&settings, 40_000);
            let (stream, _) = encode(&settings, &blocks(&pcm, &settings));
            let seconds = 40_000.0 / f64::from(sample_rate);
            let kbits = stream.len() as f64 * 8.0 / seconds / 1000.0;
            let expected = f64::from(bitrate);
            assert!(
                (expected * 0.95..expected * 1.15 + 4.0).contains(&kbits),
                "{settings:?}: {kbits} kbit/s"
            );
        }
    }
}

#[test]
fn an_invalid_block_changes_nothing() {
    let pcm = tones(&USUAL, 20_000);
    let (expected, _) = encode(&USUAL, &blocks(&pcm, &USUAL));
    let mut session = Session::open(&USUAL).unwrap();
    let mut stream = Vec::new();
    for block in blocks(&pcm, &USUAL) {
        for invalid in [
            vec![0.0; 3],
            vec![0.0, f32::NAN],
            vec![f32::INFINITY, 0.0],
            vec![0.0; 2 * MAX_BLOCK + 2],
        ] {
            session.push(&invalid).unwrap_err();
        }
        stream.extend(session.push(block).unwrap());
    }
    let ending = session.finish().unwrap();
    stream.extend(&ending.tail);
    stream[..ending.header.len()].copy_from_slice(&ending.header);
    assert_eq!(stream, expected);
}

#[test]
fn errors_name_the_value_and_the_valid_ones() {
    let mut session = Session::open(&USUAL).unwrap();
    let errors = [vec![0.0; 3], vec![0.0, f32::NAN], vec![0.0; 2 * 9000]]
        .map(|block| session.push(&block).unwrap_err());
    assert_eq!(
        errors,
        [
            "3 samples for 2 channels; valid: a multiple",
            "sample 1 is NaN; valid: finite numbers",
            "9000 samples per channel; valid: at most 8192",
        ]
        .map(|reason| EncoderError::BadBlock(reason.to_owned()))
    );
    session.finish().unwrap();
    assert_eq!(session.push(&[]), Err(EncoderError::Finished));
    assert_eq!(session.finish(), Err(EncoderError::Finished));
}

#[test]
fn samples_beyond_full_scale_are_clipped() {
    let loud = [f32::MAX, f32::MIN, 1.5, -1.5].repeat(5000);
    let clipped: Vec<f32> = loud.iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    let (stream, _) = encode(&USUAL, &blocks(&loud, &USUAL));
    assert_eq!(stream, encode(&USUAL, &blocks(&clipped, &USUAL)).0);
}

#[test]
fn parallel_sessions_are_independent() {
    let mono = Settings {
        format: PcmFormat {
            sample_rate: 22_050,
            channels: 1,
        },
        ..USUAL
    };
    let (one, two) = (tones(&USUAL, 60_000), tones(&mono, 60_000));
    let expected = [
        encode(&USUAL, &blocks(&one, &USUAL)).0,
        encode(&mono, &blocks(&two, &mono)).0,
    ];
    let mut sessions = [
        Session::open(&USUAL).unwrap(),
        Session::open(&mono).unwrap(),
    ];
    let mut streams = [Vec::new(), Vec::new()];
    let blocks_of = [blocks(&one, &USUAL), blocks(&two, &mono)];
    for pair in blocks_of[0].iter().zip(&blocks_of[1]) {
        for (side, block) in [pair.0, pair.1].into_iter().enumerate() {
            streams[side].extend(sessions[side].push(block).unwrap());
        }
    }
    for side in 0..2 {
        let ending = sessions[side].finish().unwrap();
        streams[side].extend(&ending.tail);
        streams[side][..ending.header.len()].copy_from_slice(&ending.header);
    }
    assert_eq!(streams, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn block_sizes_do_not_change_the_stream(
        sizes in proptest::collection::vec(0usize..3000, 0..12),
        channels in CHANNELS,
        quality in QUALITIES,
    ) {
        let settings = Settings {
            format: PcmFormat { channels, ..USUAL.format },
            rate_control: RateControl::Quality(quality),
            ..USUAL
        };
        let pcm = tones(&settings, 16_000);
        let mut split = Vec::new();
        let mut rest = pcm.as_slice();
        for size in sizes {
            let (block, after) = rest.split_at(rest.len().min(size * usize::from(channels)));
            split.push(block);
            rest = after;
        }
        split.extend(blocks(rest, &settings));
        let (stream, stream_ending) = encode(&settings, &split);
        let (expected, ending) = encode(&settings, &blocks(&pcm, &settings));
        prop_assert_eq!(stream, expected);
        prop_assert_eq!(stream_ending.header, ending.header);
    }
}
