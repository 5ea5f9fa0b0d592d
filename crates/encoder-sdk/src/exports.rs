//! The exports of `tonearm:audio/encoder`.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::{BlockError, CHANNELS, Encoder, MAX_BLOCK, OpenError, SAMPLE_RATES, Session};

/// Generated of the WIT.
#[allow(missing_docs, reason = "they are in the WIT")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit/audio",
        world: "encoder-plugin",
        pub_export_macro: true,
        export_macro_name: "export_encoder",
        default_bindings_module: "tonearm_encoder_sdk::exports::bindings",
    });
}

use bindings::exports::tonearm::audio::encoder::{
    Description, Ending, Error, Guest, GuestSession, RateControl, Session as Handle, Settings,
};

/// The interface, implemented by an encoder.
pub struct Exports<E>(PhantomData<E>);

/// A session behind a handle. Calls come one after the other, so the cell is
/// never borrowed twice.
pub struct Cell<E>(RefCell<Session<E>>);

impl<E: Encoder + 'static> Guest for Exports<E> {
    type Session = Cell<E>;

    fn describe() -> Description {
        Description {
            name: E::name(),
            media_type: "audio/mpeg".to_owned(),
            extension: "mp3".to_owned(),
            sample_rates: SAMPLE_RATES.to_vec(),
            max_channels: *CHANNELS.end(),
            max_block: MAX_BLOCK as u32,
            lead_in: E::LEAD_IN,
        }
    }
}

impl<E: Encoder + 'static> GuestSession for Cell<E> {
    fn open(settings: Settings) -> Result<Handle, Error> {
        let settings = crate::Settings {
            sample_rate: settings.format.sample_rate,
            channels: settings.format.channels,
            rate_control: match settings.rate_control {
                RateControl::Quality(quality) => crate::RateControl::Quality(quality),
                RateControl::Bitrate(bitrate) => crate::RateControl::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        };
        match Session::<E>::open(&settings) {
            Ok(session) => Ok(Handle::new(Self(RefCell::new(session)))),
            Err(OpenError::Encoder(error)) => Err(Error::Internal(error.to_string())),
            Err(refused) => Err(Error::BadSettings(refused.to_string())),
        }
    }

    fn push(&self, pcm: Vec<f32>) -> Result<Vec<u8>, Error> {
        self.0.borrow_mut().push(&pcm).map_err(refusal)
    }

    fn finish(&self) -> Result<Ending, Error> {
        let ending = self.0.borrow_mut().finish().map_err(refusal)?;
        Ok(Ending {
            tail: ending.tail,
            header: ending.header,
            delay: ending.delay,
            padding: ending.padding,
            samples: ending.samples,
        })
    }
}

fn refusal<E: std::error::Error>(error: BlockError<E>) -> Error {
    match error {
        BlockError::Finished => Error::Finished,
        BlockError::Encoder(error) => Error::Internal(error.to_string()),
        other => Error::BadBlock(other.to_string()),
    }
}
