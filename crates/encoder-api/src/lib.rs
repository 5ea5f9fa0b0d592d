//! The contract of `tonearm:audio/encoder` (`wit/audio/encoder.wit`) as Rust traits and
//! types.
//!
//! The conversion (`tonearm-media`) calls [`Encoder`], and plugins implement it by
//! `tonearm-encoder-sdk`, so both run natively without a WIT binding between them. At
//! runtime two mappings connect them to the WIT: the converter implements [`Encoder`] on
//! the imports of the plugin, and the SDK implements the exports on [`Encoder`].
//!
//! | file | what |
//! |---|---|
//! | `lib.rs` | the traits, and what a session returns |
//! | `settings.rs` | what a session is opened with |

mod settings;

pub use settings::{PcmFormat, RateControl, Settings};

/// An encoder.
pub trait Encoder {
    /// One stream being encoded.
    type Session: EncoderSession;

    /// Describes the encoder. Always returns the same.
    fn describe(&self) -> Description;

    /// Starts a stream.
    ///
    /// # Errors
    /// [`EncoderError::BadSettings`] for a value that the encoder does not support.
    fn open(&self, settings: &Settings) -> Result<Self::Session, EncoderError>;
}

/// One stream being encoded. Its memory does not grow with the length of the stream.
pub trait EncoderSession {
    /// Encodes a block of interleaved samples, at most [`Description::max_block`] per
    /// channel, and returns the frames completed so far, often none.
    ///
    /// # Errors
    /// Any [`EncoderError`]; after `BadBlock` the session is unchanged.
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError>;

    /// Flushes the encoder. The session accepts no more blocks.
    ///
    /// # Errors
    /// Any [`EncoderError`].
    fn finish(&mut self) -> Result<Ending, EncoderError>;
}

/// What an encoder is and which input it accepts.
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
    /// Frames that a stream encodes and discards before its first, when it is to be joined
    /// to another; `None` where streams cannot be joined.
    pub lead_in: Option<u32>,
}

/// What [`EncoderSession::finish`] returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The last frames, to be appended to the stream.
    pub tail: Vec<u8>,
    /// Replaces the first `header.len()` bytes of the stream. May be empty.
    pub header: Vec<u8>,
    /// Samples per channel that the encoder added before the first of the source.
    pub delay: u32,
    /// Samples per channel that the encoder added after the last of the source.
    pub padding: u32,
    /// Samples per channel that were pushed.
    pub samples: u64,
}

/// Why an encoder failed. The texts are for a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// [`Settings`] hold a value that this encoder does not support.
    #[error("encoder settings: {0}")]
    BadSettings(String),
    /// A block is too long, is ragged, or holds a sample that is not a finite number.
    #[error("encoder block: {0}")]
    BadBlock(String),
    /// `push` or `finish` after `finish`.
    #[error("the encoder session is finished")]
    Finished,
    /// The encoder itself failed; the session cannot continue.
    #[error("encoder failure: {0}")]
    Internal(String),
}
