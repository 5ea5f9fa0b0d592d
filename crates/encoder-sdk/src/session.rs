//! One stream, by the rules of the contract.

use crate::{Encoder, MAX_BLOCK, Settings, SettingsError};

/// One stream being encoded.
pub struct Session<E> {
    encoder: E,
    channels: usize,
    samples: u64,
    is_finished: bool,
    clipped: Vec<f32>,
}

/// What `finish` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The last frames.
    pub tail: Vec<u8>,
    /// Replaces the first bytes of the stream: the placeholder of the Xing frame.
    pub header: Vec<u8>,
    /// Samples per channel before the first of the source.
    pub delay: u32,
    /// Samples per channel after the last of the source.
    pub padding: u32,
    /// Samples per channel that were pushed.
    pub samples: u64,
}

/// Why a session did not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError<E> {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The encoder cannot do without a bit reservoir.
    #[error("independent-frames is true; valid: false")]
    NotIndependent,
    /// The encoder did not take what it should.
    #[error("{0}")]
    Encoder(E),
}

/// Why a block, or the end, was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BlockError<E> {
    /// The block is longer than [`MAX_BLOCK`].
    #[error("{0} samples per channel; valid: at most {MAX_BLOCK}")]
    TooLong(usize),
    /// The last sample is not there for every channel.
    #[error("{samples} samples for {channels} channels; valid: a multiple")]
    Ragged {
        /// Samples of the block.
        samples: usize,
        /// Channels of the session.
        channels: usize,
    },
    /// A sample is infinite or not a number.
    #[error("sample {at} is {value}; valid: finite numbers")]
    NotANumber {
        /// Where in the block.
        at: usize,
        /// What is there.
        value: f32,
    },
    /// The session was finished.
    #[error("the session is finished")]
    Finished,
    /// The encoder failed.
    #[error("{0}")]
    Encoder(E),
}

impl<E: Encoder> Session<E> {
    /// Starts a stream.
    ///
    /// # Errors
    /// [`OpenError`], and then nothing is left open.
    pub fn open(settings: &Settings) -> Result<Self, OpenError<E::Error>> {
        settings.check()?;
        if settings.independent_frames && E::LEAD_IN.is_none() {
            return Err(OpenError::NotIndependent);
        }
        Ok(Self {
            encoder: E::open(settings).map_err(OpenError::Encoder)?,
            channels: usize::from(settings.channels),
            samples: 0,
            is_finished: false,
            clipped: Vec::new(),
        })
    }

    /// Encodes a block of interleaved samples and returns the frames that are
    /// complete by now. What lies beyond full scale is clipped.
    ///
    /// # Errors
    /// [`BlockError`]; the session is unchanged unless the encoder failed.
    pub fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, BlockError<E::Error>> {
        if self.is_finished {
            return Err(BlockError::Finished);
        }
        let frames = pcm.len() / self.channels;
        if !pcm.len().is_multiple_of(self.channels) {
            return Err(BlockError::Ragged {
                samples: pcm.len(),
                channels: self.channels,
            });
        }
        if frames > MAX_BLOCK {
            return Err(BlockError::TooLong(frames));
        }
        // Nothing leaves the loop over a chunk, so that its samples are looked at side by
        // side; as a rule there is nothing else to do.
        let (chunks, rest) = pcm.as_chunks::<32>();
        let is_in_range = chunks.iter().all(|chunk| are_in_range(chunk)) && are_in_range(rest);
        let pcm = if is_in_range {
            pcm
        } else {
            let not_a_number = pcm.iter().enumerate().find(|(_, it)| !it.is_finite());
            if let Some((at, &value)) = not_a_number {
                return Err(BlockError::NotANumber { at, value });
            }
            self.clipped.clear();
            self.clipped
                .extend(pcm.iter().map(|sample| sample.clamp(-1.0, 1.0)));
            &self.clipped
        };
        self.samples += frames as u64;
        self.encoder.encode(pcm).map_err(BlockError::Encoder)
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// `Finished` the second time, `Encoder` where that failed.
    pub fn finish(&mut self) -> Result<Ending, BlockError<E::Error>> {
        if std::mem::replace(&mut self.is_finished, true) {
            return Err(BlockError::Finished);
        }
        self.encoder
            .finish(self.samples)
            .map_err(BlockError::Encoder)
    }
}

#[inline(always)]
fn are_in_range(pcm: &[f32]) -> bool {
    pcm.iter()
        .fold(true, |so_far, sample| so_far & (sample.abs() <= 1.0))
}
