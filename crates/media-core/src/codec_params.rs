//! The parameters of a decoder.

use crate::channels::Channels;
use crate::codec::Codec;

/// A codec and its configuration, as far as the container states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodecParams {
    /// The codec.
    pub codec: Codec,
    /// Sample rate in Hz.
    pub sample_rate: Option<u32>,
    /// The channels.
    pub channels: Option<Channels>,
    /// Bits of a decoded sample, for lossless codecs.
    pub bits_per_sample: Option<u32>,
    /// Bits of a coded sample, if fewer.
    pub bits_per_coded_sample: Option<u32>,
    /// Samples per channel and ADPCM block.
    pub block_samples: Option<u64>,
    /// Bytes of a block of coded audio (`nBlockAlign` of WAVE), for codecs whose packets
    /// consist of blocks.
    pub block_bytes: Option<u32>,
    /// Coded bits per second.
    pub bit_rate: Option<u32>,
    /// The container's own code of the codec: `wFormatTag` of WAVE, or a FourCC in
    /// little-endian order. Some decoders distinguish variants by it.
    pub tag: Option<u32>,
    /// Most samples per channel and packet.
    pub max_packet_samples: Option<u64>,
    /// The codec's configuration, in the form that its specification defines: AAC's
    /// AudioSpecificConfig, `OpusHead`, FLAC's STREAMINFO. May be empty.
    pub config: Vec<u8>,
}

impl CodecParams {
    /// A codec at a sample rate in Hz.
    pub fn new(codec: Codec, sample_rate: u32) -> Self {
        Self {
            codec,
            sample_rate: Some(sample_rate),
            ..Self::default()
        }
    }

    /// Number of channels, if known.
    pub fn channel_count(&self) -> Option<usize> {
        self.channels.map(Channels::count)
    }
}
