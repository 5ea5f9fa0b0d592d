//! One stream, by the rules of the contract.

use tonearm_encoder_api::{EncoderError, EncoderSession, Ending, Settings};

use crate::info_frame::InfoFrame;
use crate::mp3::{MAX_BLOCK, check_settings};
use crate::mp3_encoder::Mp3Encoder;

/// One stream being encoded.
pub struct Session<E> {
    encoder: E,
    settings: Settings,
    /// The header frame; `None` where the encoder writes it, or where there is none.
    info_frame: Option<InfoFrame>,
    channels: usize,
    samples: u64,
    is_finished: bool,
    clipped: Vec<f32>,
}

/// Why a block was refused.
#[derive(Debug, thiserror::Error)]
enum BlockError {
    #[error("{0} samples per channel; valid: at most {MAX_BLOCK}")]
    TooLong(usize),
    #[error("{samples} samples for {channels} channels; valid: a multiple")]
    Ragged { samples: usize, channels: usize },
    #[error("sample {at} is {value}; valid: finite numbers")]
    NotFinite { at: usize, value: f32 },
}

impl From<BlockError> for EncoderError {
    fn from(error: BlockError) -> Self {
        Self::BadBlock(error.to_string())
    }
}

fn internal(error: impl std::error::Error) -> EncoderError {
    EncoderError::Internal(error.to_string())
}

impl<E: Mp3Encoder> Session<E> {
    /// Starts a stream.
    ///
    /// # Errors
    /// `BadSettings`, and `Internal` where the encoder failed.
    pub fn open(settings: &Settings) -> Result<Self, EncoderError> {
        check_settings(settings).map_err(|error| EncoderError::BadSettings(error.to_string()))?;
        if settings.independent_frames && E::LEAD_IN.is_none() {
            let reason = "independent-frames is true; valid: false";
            return Err(EncoderError::BadSettings(reason.to_owned()));
        }
        let encoder = E::open(settings).map_err(internal)?;
        let needs_header = !settings.independent_frames && !encoder.has_header();
        Ok(Self {
            encoder,
            settings: *settings,
            info_frame: needs_header.then(InfoFrame::default),
            channels: usize::from(settings.format.channels),
            samples: 0,
            is_finished: false,
            clipped: Vec::new(),
        })
    }
}

impl<E: Mp3Encoder> EncoderSession for Session<E> {
    /// As the contract has it. Samples beyond full scale are clipped.
    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncoderError> {
        if self.is_finished {
            return Err(EncoderError::Finished);
        }
        let frames = pcm.len() / self.channels;
        if !pcm.len().is_multiple_of(self.channels) {
            return Err(EncoderError::from(BlockError::Ragged {
                samples: pcm.len(),
                channels: self.channels,
            }));
        }
        if frames > MAX_BLOCK {
            return Err(EncoderError::from(BlockError::TooLong(frames)));
        }
        // A loop over a chunk has no early exit, so the compiler vectorizes it. Usually all
        // samples are in range.
        let (chunks, rest) = pcm.as_chunks::<32>();
        let is_in_range = chunks.iter().all(|chunk| are_in_range(chunk)) && are_in_range(rest);
        let pcm = if is_in_range {
            pcm
        } else {
            let not_finite = pcm.iter().enumerate().find(|(_, it)| !it.is_finite());
            if let Some((at, &value)) = not_finite {
                return Err(EncoderError::from(BlockError::NotFinite { at, value }));
            }
            self.clipped.clear();
            self.clipped
                .extend(pcm.iter().map(|sample| sample.clamp(-1.0, 1.0)));
            &self.clipped
        };
        self.samples += frames as u64;
        let bytes = self.encoder.encode(pcm).map_err(internal)?;
        match &mut self.info_frame {
            Some(info_frame) => info_frame.push(bytes).map_err(internal),
            None => Ok(bytes),
        }
    }

    fn finish(&mut self) -> Result<Ending, EncoderError> {
        if std::mem::replace(&mut self.is_finished, true) {
            return Err(EncoderError::Finished);
        }
        let ending = self.encoder.finish(self.samples).map_err(internal)?;
        match self.info_frame.take() {
            Some(info_frame) => info_frame
                .finish(ending, &E::name(), &self.settings)
                .map_err(internal),
            None => Ok(ending),
        }
    }
}

#[inline(always)]
fn are_in_range(pcm: &[f32]) -> bool {
    pcm.iter()
        .fold(true, |so_far, sample| so_far & (sample.abs() <= 1.0))
}
