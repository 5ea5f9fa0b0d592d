//! A decoder plugin that decodes nothing.

use tonearm_decoder_sdk::{DecoderError, PacketDecoder, Pcm, Settings};

/// A decoder of no codec. It has no values, since none can be opened.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

/// The plugin, for native callers.
pub type Plugin = tonearm_decoder_sdk::Plugin<Nothing>;

impl PacketDecoder for Nothing {
    fn name() -> String {
        String::new()
    }

    fn codecs() -> Vec<String> {
        Vec::new()
    }

    fn open(settings: &Settings) -> Result<Self, DecoderError> {
        Err(DecoderError::UnsupportedCodec(settings.codec.clone()))
    }

    fn decode(&mut self, _: &[u8]) -> Result<Pcm, String> {
        match *self {}
    }

    fn flush(&mut self) -> Result<Pcm, String> {
        match *self {}
    }

    fn reset(&mut self) {
        match *self {}
    }
}

#[cfg(target_family = "wasm")]
mod component {
    type Plugin = tonearm_decoder_sdk::exports::Exports<super::Nothing>;

    tonearm_decoder_sdk::exports::bindings::export_decoder!(Plugin);
}
