//! libavcodec as the decoder of a plugin.

use tonearm_decoder_sdk::{DecoderError, PacketDecoder, Pcm, Settings};

use crate::codecs;
use crate::libavcodec::{Libavcodec, has, version};

impl PacketDecoder for Libavcodec {
    fn name() -> String {
        version()
    }

    /// The codecs whose decoders the library was configured with.
    fn codecs() -> Vec<String> {
        let there = codecs::all().filter(|(_, decoder)| has(decoder));
        there.map(|(id, _)| id.to_owned()).collect()
    }

    fn open(settings: &Settings) -> Result<Self, DecoderError> {
        let unsupported = || DecoderError::UnsupportedCodec(settings.codec.clone());
        let decoder = codecs::decoder_of(&settings.codec).ok_or_else(unsupported)?;
        Self::open(decoder, settings)
            .map_err(|error| DecoderError::BadSettings(format!("{}: {error}", settings.codec)))
    }

    fn decode(&mut self, packet: &[u8]) -> Result<Pcm, String> {
        self.decode(packet).map_err(|error| error.to_string())
    }

    fn flush(&mut self) -> Result<Pcm, String> {
        self.flush().map_err(|error| error.to_string())
    }

    fn reset(&mut self) {
        self.reset();
    }
}
