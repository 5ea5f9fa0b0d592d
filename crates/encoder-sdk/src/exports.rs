//! An encoder as the exports of `tonearm:audio/encoder`: the mapping between the types of
//! the WIT and those of `tonearm-encoder-api`.

use std::cell::RefCell;
use std::marker::PhantomData;

use tonearm_encoder_api as api;
use tonearm_encoder_api::{Encoder as _, EncoderSession as _};

use crate::mp3_encoder::Mp3Encoder;
use crate::plugin::Plugin;
use crate::session::Session;

/// Generated from the WIT.
#[allow(missing_docs, reason = "the WIT documents them")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit/audio",
        world: "encoder-plugin",
        pub_export_macro: true,
        export_macro_name: "export_encoder",
        default_bindings_module: "tonearm_encoder_sdk::exports::bindings",
    });
}

use bindings::exports::tonearm::audio::encoder as wit;

/// The interface, implemented by an encoder.
pub struct Exports<E>(PhantomData<E>);

/// A session behind a handle. A component runs one call at a time, so the cell is never
/// borrowed twice.
pub struct Cell<E>(RefCell<Session<E>>);

impl<E: Mp3Encoder + 'static> wit::Guest for Exports<E> {
    type Session = Cell<E>;

    fn describe() -> wit::Description {
        let description = Plugin::<E>::new().describe();
        wit::Description {
            name: description.name,
            media_type: description.media_type,
            extension: description.extension,
            sample_rates: description.sample_rates,
            max_channels: description.max_channels,
            max_block: description.max_block,
            lead_in: description.lead_in,
        }
    }
}

impl<E: Mp3Encoder + 'static> wit::GuestSession for Cell<E> {
    fn open(settings: wit::Settings) -> Result<wit::Session, wit::Error> {
        let settings = api::Settings {
            format: api::PcmFormat {
                sample_rate: settings.format.sample_rate,
                channels: settings.format.channels,
            },
            rate_control: match settings.rate_control {
                wit::RateControl::Quality(quality) => api::RateControl::Quality(quality),
                wit::RateControl::Bitrate(bitrate) => api::RateControl::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        };
        let session = Session::<E>::open(&settings)?;
        Ok(wit::Session::new(Self(RefCell::new(session))))
    }

    fn push(&self, pcm: Vec<f32>) -> Result<Vec<u8>, wit::Error> {
        Ok(self.0.borrow_mut().push(&pcm)?)
    }

    fn finish(&self) -> Result<wit::Ending, wit::Error> {
        let ending = self.0.borrow_mut().finish()?;
        Ok(wit::Ending {
            tail: ending.tail,
            header: ending.header,
            delay: ending.delay,
            padding: ending.padding,
            samples: ending.samples,
        })
    }
}

impl From<api::EncoderError> for wit::Error {
    fn from(error: api::EncoderError) -> Self {
        match error {
            api::EncoderError::BadSettings(reason) => Self::BadSettings(reason),
            api::EncoderError::BadBlock(reason) => Self::BadBlock(reason),
            api::EncoderError::Finished => Self::Finished,
            api::EncoderError::Internal(reason) => Self::Internal(reason),
        }
    }
}
