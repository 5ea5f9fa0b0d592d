//! The contract of `tonearm:decoding/decoder` (`wit/decoding/decoder.wit`) as Rust traits and
//! types.
//!
//! The conversion calls [`Decoder`], and plugins implement it by `tonearm-decoder-sdk`, so
//! both run natively without a WIT binding between them. At runtime two mappings connect
//! them to the WIT: the converter implements [`Decoder`] on the imports of the plugin, and
//! the SDK implements the exports on [`Decoder`].

/// A decoder of one or more codecs.
pub trait Decoder: Send + Sync {
    /// One track being decoded.
    type Session: DecoderSession + 'static;

    /// Describes the decoder. Always returns the same.
    fn describe(&self) -> Description;

    /// Opens a decoder of a track.
    ///
    /// # Errors
    /// Any [`DecoderError`].
    fn open(&self, settings: &Settings) -> Result<Self::Session, DecoderError>;
}

/// One track being decoded. Its memory does not grow with the length of the track.
pub trait DecoderSession: Send {
    /// Decodes the next packets, at most [`Description::max_packets`]. The result has one
    /// entry for each, in order: its audio, or why it is damaged.
    fn decode(&mut self, packets: &[Vec<u8>]) -> Vec<Result<Pcm, String>>;

    /// Returns the audio that the decoder still holds after the last packet; none at the
    /// end.
    ///
    /// # Errors
    /// Why the rest is damaged.
    fn flush(&mut self) -> Result<Pcm, String>;

    /// Forgets the packets so far: the next one is decoded as the first of a stream.
    fn reset(&mut self);
}

/// What a decoder is and which codecs it decodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Name and version: "libavcodec 59.37.100". Empty where there are no codecs.
    pub name: String,
    /// Identifiers of the codecs that `open` accepts: "ac3", "wmav2".
    pub codecs: Vec<String>,
    /// Most packets of one call of [`DecoderSession::decode`]; at least 1.
    pub max_packets: u32,
    /// Most bytes of a packet and of [`Settings::config`].
    pub max_packet_bytes: u32,
}

/// A track as its container describes it. Zero or an empty list is an unknown value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// One of [`Description::codecs`].
    pub codec: String,
    /// In Hz.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u16,
    /// WAVE's `dwChannelMask`.
    pub channel_mask: u32,
    /// Bytes of a block of coded audio (`nBlockAlign` of WAVE).
    pub block_bytes: u32,
    /// Bits of a coded sample.
    pub bits_per_coded_sample: u32,
    /// Coded bits per second.
    pub bit_rate: u32,
    /// The container's code of the codec.
    pub tag: u32,
    /// The codec's configuration, in the form of FFmpeg's `extradata`.
    pub config: Vec<u8>,
}

/// Decoded audio of one packet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// In Hz.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u16,
    /// WAVE's `dwChannelMask`, in whose order the channels are; zero where the positions
    /// are unknown.
    pub channel_mask: u32,
    /// Interleaved, full scale at -1.0 and 1.0, finite. Empty where the decoder needs
    /// further packets first.
    pub samples: Vec<f32>,
}

/// Why a track cannot be opened. The texts are for a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecoderError {
    /// The codec is none of [`Description::codecs`].
    #[error("decoder: no codec {0}")]
    UnsupportedCodec(String),
    /// The decoder refuses a value of [`Settings`].
    #[error("decoder settings: {0}")]
    BadSettings(String),
    /// The decoder itself failed.
    #[error("decoder failure: {0}")]
    Internal(String),
}
