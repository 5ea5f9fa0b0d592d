//! The encoder's contract (`wit/audio/encoder.wit`) on LAME: settings and blocks
//! of anything.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use mp3_lame::{MAX_BLOCK, RateControl, SAMPLE_RATES, Session, Settings};

#[derive(Arbitrary, Debug)]
struct Input {
    /// Of the known rates, or any.
    rate: Result<u8, u32>,
    channels: u8,
    rate_control: Result<u8, u16>,
    effort: u8,
    independent_frames: bool,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Debug)]
enum Call {
    Push(Vec<f32>),
    /// Many of the same.
    Tone(u16, f32),
    Finish,
}

fuzz_target!(|input: Input| tonearm_fuzz::within_memory(|| run(input)));

fn run(input: Input) {
    let settings = Settings {
        sample_rate: match input.rate {
            Ok(place) => SAMPLE_RATES[usize::from(place) % SAMPLE_RATES.len()],
            Err(any) => any,
        },
        channels: input.channels,
        rate_control: match input.rate_control {
            Ok(quality) => RateControl::Quality(quality),
            Err(bitrate) => RateControl::Bitrate(bitrate),
        },
        effort: input.effort,
        independent_frames: input.independent_frames,
    };
    let Ok(mut session) = Session::open(&settings) else {
        return;
    };
    let channels = usize::from(settings.channels);
    let (mut samples, mut is_finished) = (0, false);
    for call in input.calls.into_iter().take(64) {
        let block = match call {
            Call::Push(block) => block,
            Call::Tone(length, sample) => vec![sample; usize::from(length)],
            Call::Finish => {
                let ending = session.finish();
                assert_eq!(ending.is_err(), is_finished);
                if let Ok(ending) = ending {
                    assert_eq!(ending.samples, samples);
                }
                is_finished = true;
                continue;
            }
        };
        let is_good = !is_finished
            && block.len().is_multiple_of(channels)
            && block.len() <= MAX_BLOCK * channels
            && block.iter().all(|sample| sample.is_finite());
        assert_eq!(session.push(&block).is_ok(), is_good);
        samples += if is_good {
            (block.len() / channels) as u64
        } else {
            0
        };
    }
}
