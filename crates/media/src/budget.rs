//! How much a file may ask for.

/// Limits that are checked before a file is opened, where its headers tell, and
/// while it is decoded, since headers lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Largest file in bytes.
    pub max_bytes: u64,
    /// Longest sound in seconds.
    pub max_seconds: u64,
    /// Most channels of the audio track, before they are folded down.
    pub max_channels: u16,
    /// Highest sample rate of the audio track in Hz, before resampling.
    pub max_sample_rate: u32,
    /// Most samples out of the decoder, summed over all channels.
    pub max_samples: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            // The default upload limit.
            max_bytes: 2 << 30,
            // 12 hours: a long recording, a night's radio.
            max_seconds: 12 * 3600,
            // 7.1; nothing with more has a standard fold-down.
            max_channels: 8,
            // The highest rate that recorders and DVDs use.
            max_sample_rate: 192_000,
            // 12 hours of 5.1 at 96 kHz, and no more of anything.
            max_samples: 12 * 3600 * 6 * 96_000,
        }
    }
}
