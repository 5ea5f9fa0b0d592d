//! The encoder plugin that the manifest composes in, as an [`Encoder`].

use tonearm_media::{
    Description, Encoder, EncoderError, EncoderSession, Ending, RateControl, Settings,
};

mod bindings {
    wit_bindgen::generate!({ path: "../../wit/audio", world: "encoder-user" });
}

use bindings::tonearm::audio::encoder as plugin;

/// The plugin.
#[derive(Debug, Clone, Copy)]
pub struct Plugin;

/// One stream being encoded by the plugin.
#[derive(Debug)]
pub struct Session(plugin::Session);

impl Encoder for Plugin {
    type Session = Session;

    fn describe(&self) -> Description {
        let description = plugin::describe();
        Description {
            name: description.name,
            media_type: description.media_type,
            extension: description.extension,
            sample_rates: description.sample_rates,
            max_channels: description.max_channels,
            max_block: description.max_block,
            lead_in: description.lead_in,
        }
    }

    fn open(&self, settings: &Settings) -> Result<Session, EncoderError> {
        let settings = plugin::Settings {
            format: plugin::PcmFormat {
                sample_rate: settings.format.sample_rate,
                channels: settings.format.channels,
            },
            rate_control: match settings.rate_control {
                RateControl::Quality(quality) => plugin::RateControl::Quality(quality),
                RateControl::Bitrate(bitrate) => plugin::RateControl::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        };
        plugin::Session::open(settings).map(Session).map_err(error)
    }
}

impl EncoderSession for Session {
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError> {
        self.0.push(pcm).map_err(error)
    }

    fn finish(&mut self) -> Result<Ending, EncoderError> {
        let ending = self.0.finish().map_err(error)?;
        Ok(Ending {
            tail: ending.tail,
            header: ending.header,
            delay: ending.delay,
            padding: ending.padding,
            samples: ending.samples,
        })
    }
}

fn error(error: plugin::Error) -> EncoderError {
    match error {
        plugin::Error::BadSettings(reason) => EncoderError::BadSettings(reason),
        plugin::Error::BadBlock(reason) => EncoderError::BadBlock(reason),
        plugin::Error::Finished => EncoderError::Finished,
        plugin::Error::Internal(reason) => EncoderError::Internal(reason),
    }
}
