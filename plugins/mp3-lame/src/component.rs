//! The exports of `tonearm:audio/encoder`.
#![expect(unsafe_code, reason = "what the export macro generates")]

use std::cell::RefCell;

use crate::session::{BlockError, OpenError, Session};
use crate::settings::{self, CHANNELS, LEAD_IN, MAX_BLOCK, SAMPLE_RATES};

mod bindings {
    wit_bindgen::generate!({ path: "../../wit/audio", world: "encoder-plugin" });
}

use bindings::exports::tonearm::audio::encoder::{
    Description, Ending, Error, Guest, GuestSession, RateControl, Session as Handle, Settings,
};

struct Plugin;

/// A session behind a handle. Calls come one after the other, so the cell is
/// never borrowed twice.
struct Cell(RefCell<Session>);

impl Guest for Plugin {
    type Session = Cell;

    fn describe() -> Description {
        Description {
            name: crate::name(),
            media_type: "audio/mpeg".to_owned(),
            extension: "mp3".to_owned(),
            sample_rates: SAMPLE_RATES.to_vec(),
            max_channels: *CHANNELS.end(),
            max_block: MAX_BLOCK as u32,
            lead_in: Some(LEAD_IN),
        }
    }
}

impl GuestSession for Cell {
    fn open(settings: Settings) -> Result<Handle, Error> {
        let settings = settings::Settings {
            sample_rate: settings.format.sample_rate,
            channels: settings.format.channels,
            rate_control: match settings.rate_control {
                RateControl::Quality(quality) => settings::RateControl::Quality(quality),
                RateControl::Bitrate(bitrate) => settings::RateControl::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        };
        match Session::open(&settings) {
            Ok(session) => Ok(Handle::new(Self(RefCell::new(session)))),
            Err(OpenError::Settings(error)) => Err(Error::BadSettings(error.to_string())),
            Err(OpenError::Lame(error)) => Err(Error::Internal(error.to_string())),
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

fn refusal(error: BlockError) -> Error {
    match error {
        BlockError::Finished => Error::Finished,
        BlockError::Lame(error) => Error::Internal(error.to_string()),
        other => Error::BadBlock(other.to_string()),
    }
}

bindings::export!(Plugin with_types_in bindings);
