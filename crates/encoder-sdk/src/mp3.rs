//! The settings of MP3 (ISO/IEC 11172-3 and 13818-3, and MPEG-2.5 for the lowest sample
//! rates), and LAME's scales of quality and effort.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use tonearm_encoder_api::{RateControl, Settings};

/// Every sample rate of MP3 in Hz.
pub const SAMPLE_RATES: [u32; 9] = [
    8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
/// Mono and stereo.
pub const CHANNELS: RangeInclusive<u8> = 1..=2;
/// LAME's `-V` scale: 0 is best, 9 is smallest.
pub const QUALITIES: RangeInclusive<u8> = 0..=9;
/// LAME's `-q` scale: 0 is slowest, 9 is fastest.
pub const EFFORTS: RangeInclusive<u8> = 0..=9;
/// Most samples per channel in a block: a sixth of a second, 64 KiB in stereo.
pub const MAX_BLOCK: usize = 8192;

/// A setting is invalid. The text names the valid values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}; valid: {valid}")]
pub struct SettingsError {
    field: &'static str,
    value: u32,
    valid: String,
}

/// The constant bitrates in kbit/s at a sample rate in Hz.
pub fn bitrates(sample_rate: u32) -> &'static [u16] {
    match sample_rate {
        32_000.. => &[
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ],
        16_000.. => &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        _ => &[8, 16, 24, 32, 40, 48, 56, 64],
    }
}

/// Checks every value.
///
/// # Errors
/// The first invalid one.
pub fn check_settings(settings: &Settings) -> Result<(), SettingsError> {
    let format = &settings.format;
    one_of("sample-rate", format.sample_rate, &SAMPLE_RATES)?;
    within("channels", format.channels, &CHANNELS)?;
    within("effort", settings.effort, &EFFORTS)?;
    match settings.rate_control {
        RateControl::Quality(quality) => within("quality", quality, &QUALITIES),
        RateControl::Bitrate(bitrate) => one_of("bitrate", bitrate, bitrates(format.sample_rate)),
    }
}

fn one_of<T>(field: &'static str, value: T, valid: &[T]) -> Result<(), SettingsError>
where
    T: Copy + PartialEq + Into<u32> + Debug,
{
    if valid.contains(&value) {
        return Ok(());
    }
    Err(SettingsError {
        field,
        value: value.into(),
        valid: format!("{valid:?}"),
    })
}

fn within(field: &'static str, value: u8, valid: &RangeInclusive<u8>) -> Result<(), SettingsError> {
    if valid.contains(&value) {
        return Ok(());
    }
    Err(SettingsError {
        field,
        value: value.into(),
        valid: format!("{} to {}", valid.start(), valid.end()),
    })
}

#[cfg(test)]
mod tests {
    use tonearm_encoder_api::PcmFormat;

    use super::*;

    const GOOD: Settings = Settings {
        format: format(44_100, 2),
        rate_control: RateControl::Quality(1),
        effort: 7,
        independent_frames: false,
    };

    const fn format(sample_rate: u32, channels: u8) -> PcmFormat {
        PcmFormat {
            sample_rate,
            channels,
        }
    }

    #[test]
    fn an_error_names_the_value_and_the_valid_ones() {
        let cases = [
            (
                Settings {
                    format: format(44_000, 2),
                    ..GOOD
                },
                "sample-rate is 44000; valid: [8000, 11025, 12000, 16000, 22050, 24000, 32000, \
                 44100, 48000]",
            ),
            (
                Settings {
                    format: format(44_100, 3),
                    ..GOOD
                },
                "channels is 3; valid: 1 to 2",
            ),
            (
                Settings {
                    format: format(44_100, 0),
                    ..GOOD
                },
                "channels is 0; valid: 1 to 2",
            ),
            (
                Settings { effort: 10, ..GOOD },
                "effort is 10; valid: 0 to 9",
            ),
            (
                Settings {
                    rate_control: RateControl::Quality(10),
                    ..GOOD
                },
                "quality is 10; valid: 0 to 9",
            ),
            (
                Settings {
                    rate_control: RateControl::Bitrate(320),
                    format: format(8000, 2),
                    ..GOOD
                },
                "bitrate is 320; valid: [8, 16, 24, 32, 40, 48, 56, 64]",
            ),
        ];
        assert_eq!(check_settings(&GOOD), Ok(()));
        for (settings, sentence) in cases {
            assert_eq!(check_settings(&settings).unwrap_err().to_string(), sentence);
        }
    }
}
