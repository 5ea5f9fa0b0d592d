//! LAME without WebAssembly, behind the trait that the converter uses.

use std::io;

use mp3_lame::{Lame as Library, LameError, Session as Lame};
use tonearm_encoder_sdk::{
    BlockError, CHANNELS, Encoder as _, MAX_BLOCK, RateControl as Rate, SAMPLE_RATES,
};
use tonearm_media::{
    Description, Encoder, EncoderError, EncoderSession, Ending, RateControl, Settings, Sink,
};

/// The encoder.
pub struct Native;
/// One stream.
pub struct Session(Lame);

impl Encoder for Native {
    type Session = Session;

    fn describe(&self) -> Description {
        Description {
            name: Library::name(),
            media_type: "audio/mpeg".to_owned(),
            extension: "mp3".to_owned(),
            sample_rates: SAMPLE_RATES.to_vec(),
            max_channels: *CHANNELS.end(),
            max_block: MAX_BLOCK as u32,
            lead_in: Library::LEAD_IN,
        }
    }

    fn open(&self, settings: &Settings) -> Result<Session, EncoderError> {
        Lame::open(&tonearm_encoder_sdk::Settings {
            sample_rate: settings.format.sample_rate,
            channels: settings.format.channels,
            rate_control: match settings.rate_control {
                RateControl::Quality(quality) => Rate::Quality(quality),
                RateControl::Bitrate(bitrate) => Rate::Bitrate(bitrate),
            },
            effort: settings.effort,
            independent_frames: settings.independent_frames,
        })
        .map(Session)
        .map_err(|error| EncoderError::BadSettings(error.to_string()))
    }
}

impl EncoderSession for Session {
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError> {
        self.0.push(pcm).map_err(refusal)
    }

    fn finish(&mut self) -> Result<Ending, EncoderError> {
        let ending = self.0.finish().map_err(refusal)?;
        Ok(Ending {
            tail: ending.tail,
            header: ending.header,
            delay: ending.delay,
            padding: ending.padding,
            samples: ending.samples,
        })
    }
}

fn refusal(error: BlockError<LameError>) -> EncoderError {
    EncoderError::BadBlock(error.to_string())
}

/// An MP3 in memory.
#[derive(Default)]
pub struct File(pub Vec<u8>);

impl Sink for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let at = offset as usize;
        assert!(bytes.len() < 4096, "what is patched is little");
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}
