//! What MP3 can carry, and which of LAME's scales there are (ISO/IEC 11172-3,
//! 13818-3, and MPEG 2.5 for the lowest rates).

use std::fmt::Debug;
use std::ops::RangeInclusive;

/// Every sample rate of MP3 in Hz.
pub const SAMPLE_RATES: [u32; 9] = [
    8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
/// Mono and stereo.
pub const CHANNELS: RangeInclusive<u8> = 1..=2;
/// LAME's -V scale: 0 is best, 9 is smallest.
pub const QUALITIES: RangeInclusive<u8> = 0..=9;
/// LAME's -q scale: 0 is slowest, 9 is fastest.
pub const EFFORTS: RangeInclusive<u8> = 0..=9;
/// Most samples per channel in a block: a sixth of a second, 64 KiB of stereo.
pub const MAX_BLOCK: usize = 8192;

/// How bits are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateControl {
    /// Variable bitrate at this of the [`QUALITIES`].
    Quality(u8),
    /// Constant bitrate in kbit/s: one of [`bitrates`].
    Bitrate(u16),
}

/// What a session is opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In Hz: one of [`SAMPLE_RATES`].
    pub sample_rate: u32,
    /// One of [`CHANNELS`].
    pub channels: u8,
    /// How bits are spent.
    pub rate_control: RateControl,
    /// One of [`EFFORTS`].
    pub effort: u8,
    /// Whether to do without the bit reservoir.
    pub independent_frames: bool,
}

/// A value that MP3 or LAME does not have, with those that they have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}; valid: {valid}")]
pub struct SettingsError {
    field: &'static str,
    value: u32,
    valid: String,
}

/// Every constant bitrate in kbit/s at a sample rate in Hz.
pub fn bitrates(sample_rate: u32) -> &'static [u16] {
    match sample_rate {
        32_000.. => &[
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ],
        16_000.. => &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        _ => &[8, 16, 24, 32, 40, 48, 56, 64],
    }
}

impl Settings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first one that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        one_of("sample-rate", self.sample_rate, &SAMPLE_RATES)?;
        within("channels", self.channels, &CHANNELS)?;
        within("effort", self.effort, &EFFORTS)?;
        match self.rate_control {
            RateControl::Quality(quality) => within("quality", quality, &QUALITIES),
            RateControl::Bitrate(bitrate) => one_of("bitrate", bitrate, bitrates(self.sample_rate)),
        }
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
    use super::*;

    const GOOD: Settings = Settings {
        sample_rate: 44_100,
        channels: 2,
        rate_control: RateControl::Quality(1),
        effort: 7,
        independent_frames: false,
    };

    #[test]
    fn an_error_names_the_value_and_the_valid_ones() {
        let cases = [
            (
                Settings {
                    sample_rate: 44_000,
                    ..GOOD
                },
                "sample-rate is 44000; valid: [8000, 11025, 12000, 16000, 22050, 24000, 32000, \
                 44100, 48000]",
            ),
            (
                Settings {
                    channels: 3,
                    ..GOOD
                },
                "channels is 3; valid: 1 to 2",
            ),
            (
                Settings {
                    channels: 0,
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
                    sample_rate: 8000,
                    ..GOOD
                },
                "bitrate is 320; valid: [8, 16, 24, 32, 40, 48, 56, 64]",
            ),
        ];
        assert_eq!(GOOD.check(), Ok(()));
        for (settings, sentence) in cases {
            assert_eq!(settings.check().unwrap_err().to_string(), sentence);
        }
    }
}
