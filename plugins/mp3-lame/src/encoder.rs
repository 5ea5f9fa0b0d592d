//! [`Lame`] as the encoder of a plugin.

use tonearm_encoder_sdk::{Ending, Mp3Encoder, Settings};

use crate::lame::{Lame, LameError, version};

/// Frames after which LAME's state no longer depends on how the stream began: measured by
/// `tests/joining.rs`.
const LEAD_IN: u32 = 16;

impl Mp3Encoder for Lame {
    type Error = LameError;

    const LEAD_IN: Option<u32> = Some(LEAD_IN);

    fn name() -> String {
        version()
    }

    fn open(settings: &Settings) -> Result<Self, LameError> {
        Self::new(settings)
    }

    /// LAME leaves the header frame out at low constant bitrates, so it writes none at any.
    fn has_header(&self) -> bool {
        self.writes_tag()
    }

    fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, LameError> {
        self.encode_buffer(pcm).map(<[u8]>::to_vec)
    }

    fn finish(&mut self, samples: u64) -> Result<Ending, LameError> {
        let tail = self.flush()?.to_vec();
        let header = self.tag_frame().to_vec();
        let (delay, padding) = self.delay_and_padding();
        Ok(Ending {
            tail,
            header,
            delay,
            padding,
            samples,
        })
    }
}
