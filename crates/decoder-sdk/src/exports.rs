//! A decoder as the exports of `tonearm:decoding/decoder`: the mapping between the types of
//! the WIT and those of `tonearm-decoder-api`.

use std::cell::RefCell;
use std::marker::PhantomData;

use tonearm_decoder_api as api;
use tonearm_decoder_api::{Decoder as _, DecoderSession as _};

use crate::packet_decoder::PacketDecoder;
use crate::plugin::Plugin;
use crate::session::Session;

/// Generated from the WIT.
#[allow(missing_docs, reason = "the WIT documents them")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit/decoding",
        world: "decoder-plugin",
        pub_export_macro: true,
        export_macro_name: "export_decoder",
        default_bindings_module: "tonearm_decoder_sdk::exports::bindings",
    });
}

use bindings::exports::tonearm::decoding::decoder as wit;

/// The interface, implemented by a decoder.
pub struct Exports<D>(PhantomData<D>);

/// A session behind a handle. A component runs one call at a time, so the cell is never
/// borrowed twice.
pub struct Cell<D>(RefCell<Session<D>>);

impl<D: PacketDecoder> wit::Guest for Exports<D> {
    type Session = Cell<D>;

    fn describe() -> wit::Description {
        let description = Plugin::<D>::new().describe();
        wit::Description {
            name: description.name,
            codecs: description.codecs,
            max_packets: description.max_packets,
            max_packet_bytes: description.max_packet_bytes,
        }
    }
}

impl<D: PacketDecoder> wit::GuestSession for Cell<D> {
    fn open(settings: wit::Settings) -> Result<wit::Session, wit::Error> {
        let settings = api::Settings {
            codec: settings.codec,
            sample_rate: settings.sample_rate,
            channels: settings.channels,
            channel_mask: settings.channel_mask,
            block_bytes: settings.block_bytes,
            bits_per_coded_sample: settings.bits_per_coded_sample,
            bit_rate: settings.bit_rate,
            tag: settings.tag,
            config: settings.config,
        };
        let session = Session::<D>::open(&settings)?;
        Ok(wit::Session::new(Self(RefCell::new(session))))
    }

    fn decode(&self, packets: Vec<Vec<u8>>) -> Vec<Result<wit::Pcm, String>> {
        let decoded = self.0.borrow_mut().decode(&packets);
        decoded.into_iter().map(|it| it.map(pcm)).collect()
    }

    fn flush(&self) -> Result<wit::Pcm, String> {
        self.0.borrow_mut().flush().map(pcm)
    }

    fn reset(&self) {
        self.0.borrow_mut().reset();
    }
}

fn pcm(pcm: api::Pcm) -> wit::Pcm {
    wit::Pcm {
        sample_rate: pcm.sample_rate,
        channels: pcm.channels,
        channel_mask: pcm.channel_mask,
        samples: pcm.samples,
    }
}

impl From<api::DecoderError> for wit::Error {
    fn from(error: api::DecoderError) -> Self {
        match error {
            api::DecoderError::UnsupportedCodec(reason) => Self::UnsupportedCodec(reason),
            api::DecoderError::BadSettings(reason) => Self::BadSettings(reason),
            api::DecoderError::Internal(reason) => Self::Internal(reason),
        }
    }
}
