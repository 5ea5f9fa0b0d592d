//! The decoder plugin that the manifest composes in, as a [`Decoder`].

use std::sync::Arc;

use tonearm_decoder_api::{Decoder, DecoderError, DecoderSession, Description, Pcm, Settings};
use tonearm_media::{DecoderPlugin, PluginDecoders};

mod bindings {
    wit_bindgen::generate!({ path: "../../wit/decoding", world: "decoder-user" });
}

use bindings::tonearm::decoding::decoder as plugin;

/// The plugin.
#[derive(Debug, Clone, Copy)]
pub struct Plugin;

/// One track being decoded by the plugin.
#[derive(Debug)]
pub struct Session(plugin::Session);

/// The plugin's decoders, for a file.
pub fn decoders() -> Arc<dyn DecoderPlugin> {
    Arc::new(PluginDecoders(Plugin))
}

/// The plugin and its codecs, for the log: "libavcodec 59.37.100 (aac ac3 …)".
pub fn summary() -> String {
    let description = Plugin.describe();
    match description.codecs.is_empty() {
        true => "none".to_owned(),
        false => format!("{} ({})", description.name, description.codecs.join(" ")),
    }
}

impl Decoder for Plugin {
    type Session = Session;

    fn describe(&self) -> Description {
        let description = plugin::describe();
        Description {
            name: description.name,
            codecs: description.codecs,
            max_packets: description.max_packets,
            max_packet_bytes: description.max_packet_bytes,
        }
    }

    fn open(&self, settings: &Settings) -> Result<Session, DecoderError> {
        let settings = plugin::Settings {
            codec: settings.codec.clone(),
            sample_rate: settings.sample_rate,
            channels: settings.channels,
            channel_mask: settings.channel_mask,
            block_bytes: settings.block_bytes,
            bits_per_coded_sample: settings.bits_per_coded_sample,
            bit_rate: settings.bit_rate,
            tag: settings.tag,
            config: settings.config.clone(),
        };
        plugin::Session::open(&settings).map(Session).map_err(error)
    }
}

impl DecoderSession for Session {
    fn decode(&mut self, packets: &[Vec<u8>]) -> Vec<Result<Pcm, String>> {
        let decoded = self.0.decode(packets);
        decoded.into_iter().map(|it| it.map(pcm)).collect()
    }

    fn flush(&mut self) -> Result<Pcm, String> {
        self.0.flush().map(pcm)
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

fn pcm(pcm: plugin::Pcm) -> Pcm {
    Pcm {
        sample_rate: pcm.sample_rate,
        channels: pcm.channels,
        channel_mask: pcm.channel_mask,
        samples: pcm.samples,
    }
}

fn error(error: plugin::Error) -> DecoderError {
    match error {
        plugin::Error::UnsupportedCodec(codec) => DecoderError::UnsupportedCodec(codec),
        plugin::Error::BadSettings(reason) => DecoderError::BadSettings(reason),
        plugin::Error::Internal(reason) => DecoderError::Internal(reason),
    }
}
