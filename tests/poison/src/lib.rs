//! An encoder plugin that traps on mono input and returns empty frames for stereo, to
//! simulate a bug in a codec.
#![cfg(target_family = "wasm")]
#![expect(unsafe_code, reason = "the export macro generates it")]

use std::cell::Cell;

mod bindings {
    wit_bindgen::generate!({ path: "../../wit/audio", world: "encoder-plugin" });
}

use bindings::exports::tonearm::audio::encoder::{
    Description, Ending, Error, Guest, GuestSession, Session, Settings,
};

/// As long as an MP3 frame of 128 kbit/s.
const FRAME: [u8; 417] = [0; 417];

struct Plugin;

struct Stream {
    channels: u8,
    samples: Cell<u64>,
}

impl Guest for Plugin {
    type Session = Stream;

    fn describe() -> Description {
        Description {
            name: "poison".to_owned(),
            media_type: "audio/mpeg".to_owned(),
            extension: "mp3".to_owned(),
            sample_rates: vec![44_100, 48_000],
            max_channels: 2,
            max_block: 1152,
            lead_in: None,
        }
    }
}

impl GuestSession for Stream {
    fn open(settings: Settings) -> Result<Session, Error> {
        Ok(Session::new(Self {
            channels: settings.format.channels,
            samples: Cell::new(0),
        }))
    }

    fn push(&self, pcm: Vec<f32>) -> Result<Vec<u8>, Error> {
        if self.channels == 1 {
            std::process::abort();
        }
        let frames = pcm.len() as u64 / u64::from(self.channels);
        self.samples.set(self.samples.get() + frames);
        Ok(FRAME.to_vec())
    }

    fn finish(&self) -> Result<Ending, Error> {
        Ok(Ending {
            tail: Vec::new(),
            header: FRAME.to_vec(),
            delay: 0,
            padding: 0,
            samples: self.samples.get(),
        })
    }
}

bindings::export!(Plugin with_types_in bindings);
