//! Checks the encoder contract (`wit/audio/encoder.wit`) on LAME with arbitrary settings and
//! blocks.

use arbitrary::{Result, Unstructured};
use mp3_lame::Session;
use tonearm_encoder_sdk::{
    EncoderSession, MAX_BLOCK, PcmFormat, RateControl, SAMPLE_RATES, Settings, check_settings,
};

/// Maximum number of calls per stream.
const MAX_CALLS: usize = 64;

pub(crate) fn run(input: &[u8]) {
    let _ = encode(&mut Unstructured::new(input));
}

fn encode(input: &mut Unstructured<'_>) -> Result<()> {
    let settings = settings(input)?;
    let is_valid = check_settings(&settings).is_ok();
    let Ok(mut session) = Session::open(&settings) else {
        assert!(!is_valid, "LAME refused {settings:?}");
        return Ok(());
    };
    let channels = usize::from(settings.format.channels);
    let (mut samples, mut is_finished) = (0, false);
    for _ in 0..MAX_CALLS {
        if input.is_empty() {
            break;
        }
        if input.ratio(1, 16)? {
            let ending = session.finish();
            assert_eq!(ending.is_err(), is_finished);
            assert!(ending.is_err() || ending.is_ok_and(|ending| ending.samples == samples));
            is_finished = true;
            continue;
        }
        let block = block(input)?;
        let is_valid = !is_finished
            && block.len().is_multiple_of(channels)
            && block.len() <= MAX_BLOCK * channels
            && block.iter().all(|sample| sample.is_finite());
        assert_eq!(session.push(&block).is_ok(), is_valid);
        if is_valid {
            samples += (block.len() / channels) as u64;
        }
    }
    Ok(())
}

/// Mostly valid settings.
fn settings(input: &mut Unstructured<'_>) -> Result<Settings> {
    Ok(Settings {
        format: PcmFormat {
            sample_rate: match input.ratio(1, 16)? {
                true => input.arbitrary()?,
                false => *input.choose(&SAMPLE_RATES)?,
            },
            channels: input.int_in_range(0..=3)?,
        },
        rate_control: match input.arbitrary()? {
            true => RateControl::Quality(input.int_in_range(0..=10)?),
            false => RateControl::Bitrate(8 * input.int_in_range(0..=41)?),
        },
        effort: input.int_in_range(0..=10)?,
        independent_frames: input.arbitrary()?,
    })
}

/// A few arbitrary samples, or many equal ones.
fn block(input: &mut Unstructured<'_>) -> Result<Vec<f32>> {
    if input.arbitrary()? {
        let length = input.int_in_range(0..=2 * MAX_BLOCK + 2)?;
        return Ok(vec![input.arbitrary()?; length]);
    }
    let length = input.int_in_range(0..=64)?;
    (0..length).map(|_| input.arbitrary()).collect()
}
