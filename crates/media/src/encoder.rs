//! The contract of `tonearm:audio/encoder` (`wit/audio/encoder.wit`) in Rust
//! types, so that the whole pipeline runs natively with a native encoder. The
//! converter implements [`Encoder`] on the bindings of the plugin.

/// An encoder: what it takes, and how to start a stream.
pub trait Encoder {
    /// One stream being encoded.
    type Session: EncoderSession;

    /// What this encoder is. Constant.
    fn describe(&self) -> Description;

    /// Starts a stream.
    ///
    /// # Errors
    /// [`EncoderError::BadSettings`] for a value that the encoder does not take.
    fn open(&self, settings: &Settings) -> Result<Self::Session, EncoderError>;
}

/// One stream being encoded. Memory does not grow with its length.
pub trait EncoderSession {
    /// Encodes a block of interleaved samples (at most
    /// [`Description::max_block`] per channel) and returns the frames that are
    /// complete by now, often none.
    ///
    /// # Errors
    /// [`EncoderError`]; after `BadBlock` the session is unchanged.
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError>;

    /// Flushes the encoder; the session takes no more blocks.
    ///
    /// # Errors
    /// [`EncoderError`].
    fn finish(&mut self) -> Result<Ending, EncoderError>;
}

/// What an encoder is and which input it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Name and version: "LAME 3.100".
    pub name: String,
    /// Media type of the stream: "audio/mpeg".
    pub media_type: String,
    /// File name extension without the dot: "mp3".
    pub extension: String,
    /// Every sample rate in Hz that `open` accepts, ascending.
    pub sample_rates: Vec<u32>,
    /// Most channels that `open` accepts.
    pub max_channels: u8,
    /// Most samples per channel that one `push` accepts.
    pub max_block: u32,
    /// Frames that are encoded and thrown away before a joint; `None` where
    /// streams cannot be joined.
    pub lead_in: Option<u32>,
}

/// The shape of the PCM: 32-bit floats, full scale at -1.0 and 1.0, interleaved.
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
    /// The same, as far as MP3 can do it at a sample rate in Hz: at most
    /// 160 kbit/s up to 24 kHz (MPEG-2) and 64 up to 12 kHz (MPEG-2.5).
    #[must_use]
    pub fn at(self, sample_rate: u32) -> Self {
        match (self, sample_rate) {
            (Self::Bitrate(bitrate), ..=12_000) => Self::Bitrate(bitrate.min(64)),
            (Self::Bitrate(bitrate), ..=24_000) => Self::Bitrate(bitrate.min(160)),
            _ => self,
        }
    }

    /// Quality as the Xing frame has it: 0 (worst, or a bitrate) to 100.
    pub(crate) fn percent(self) -> u32 {
        match self {
            Self::Quality(quality) => 100 - 10 * u32::from(quality.min(9)),
            Self::Bitrate(_) => 0,
        }
    }
}

/// What a session is opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The shape of the PCM.
    pub format: PcmFormat,
    /// How bits are spent.
    pub rate_control: RateControl,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// Whether each frame must decode from its own bytes.
    pub independent_frames: bool,
}

/// What [`EncoderSession::finish`] returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The last frames, to be appended to the stream.
    pub tail: Vec<u8>,
    /// Replaces the first `header.len()` bytes of the stream. May be empty.
    pub header: Vec<u8>,
    /// Samples per channel that the encoder put before the first of the source.
    pub delay: u32,
    /// Samples per channel after the last sample of the source.
    pub padding: u32,
    /// Samples per channel that were pushed.
    pub samples: u64,
}

/// What an encoder can complain of. The texts are for a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// [`Settings`] hold a value that this encoder does not support.
    #[error("encoder settings: {0}")]
    BadSettings(String),
    /// A block is too long, ragged, or holds a value that is not a number.
    #[error("encoder block: {0}")]
    BadBlock(String),
    /// `push` or `finish` after `finish`.
    #[error("the encoder session is finished")]
    Finished,
    /// The encoder itself failed; the session is of no more use.
    #[error("encoder failure: {0}")]
    Internal(String),
}
