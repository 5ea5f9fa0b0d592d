//! An [`Mp3Encoder`] as an [`Encoder`].

use std::marker::PhantomData;

use tonearm_encoder_api::{Description, Encoder, EncoderError, Settings};

use crate::mp3::{CHANNELS, MAX_BLOCK, SAMPLE_RATES};
use crate::mp3_encoder::Mp3Encoder;
use crate::session::Session;

/// The encoder that a plugin exports. It is an [`Encoder`] natively too, so tests run
/// conversions without WebAssembly.
pub struct Plugin<E>(PhantomData<E>);

impl<E> Plugin<E> {
    /// The encoder.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E> Default for Plugin<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Mp3Encoder> Encoder for Plugin<E> {
    type Session = Session<E>;

    fn describe(&self) -> Description {
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

    fn open(&self, settings: &Settings) -> Result<Session<E>, EncoderError> {
        Session::open(settings)
    }
}
