//! What a session is opened with.

/// The format of the PCM: interleaved 32-bit floats, full scale at -1.0 and 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcmFormat {
    /// In Hz.
    pub sample_rate: u32,
    /// 1 is mono, 2 is left and right.
    pub channels: u8,
}

/// How bits are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateControl {
    /// Variable bitrate at a constant quality, 0 (best) to 9 (smallest).
    Quality(u8),
    /// Constant bitrate in kbit/s.
    Bitrate(u16),
}

impl RateControl {
    /// Limits a bitrate to what MP3 has at a sample rate in Hz: 160 kbit/s up to 24 kHz
    /// (MPEG-2), 64 kbit/s up to 12 kHz (MPEG-2.5).
    #[must_use]
    pub fn at(self, sample_rate: u32) -> Self {
        match (self, sample_rate) {
            (Self::Bitrate(bitrate), ..=12_000) => Self::Bitrate(bitrate.min(64)),
            (Self::Bitrate(bitrate), ..=24_000) => Self::Bitrate(bitrate.min(160)),
            _ => self,
        }
    }

    /// The quality as a Xing frame has it: 0 (worst, and any bitrate) to 100.
    #[must_use]
    pub fn percent(self) -> u32 {
        match self {
            Self::Quality(quality) => 100 - 10 * u32::from(quality.min(9)),
            Self::Bitrate(_) => 0,
        }
    }
}

/// What a session is opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The format of the PCM.
    pub format: PcmFormat,
    /// How bits are spent.
    pub rate_control: RateControl,
    /// How fast the encoder decides, 0 (most CPU time, best) to 9 (least).
    pub effort: u8,
    /// Whether each frame must decode from its own bytes: no bit reservoir.
    pub independent_frames: bool,
}
