//! One stream, by the rules of the contract.

use crate::lame::Lame;
pub use crate::lame::LameError;
use crate::settings::{MAX_BLOCK, Settings, SettingsError};

/// One stream being encoded.
pub struct Session {
    lame: Lame,
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
    /// Replaces the first bytes of the stream: LAME's placeholder frame.
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
pub enum OpenError {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// LAME did not take what it should.
    #[error(transparent)]
    Lame(#[from] LameError),
}

/// Why a block, or the end, was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BlockError {
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
    /// LAME failed.
    #[error(transparent)]
    Lame(#[from] LameError),
}

impl Session {
    /// Starts a stream.
    ///
    /// # Errors
    /// [`OpenError`], and then nothing is left open.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        settings.check()?;
        Ok(Self {
            lame: Lame::new(settings)?,
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
    /// [`BlockError`]; the session is unchanged unless LAME failed.
    pub fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, BlockError> {
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
        if let Some(at) = pcm.iter().position(|sample| !sample.is_finite()) {
            let value = pcm[at];
            return Err(BlockError::NotANumber { at, value });
        }
        self.clipped.clear();
        self.clipped
            .extend(pcm.iter().map(|sample| sample.clamp(-1.0, 1.0)));
        self.samples += frames as u64;
        Ok(self.lame.encode(&self.clipped)?.to_vec())
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// `Finished` the second time, `Lame` where that failed.
    pub fn finish(&mut self) -> Result<Ending, BlockError> {
        if std::mem::replace(&mut self.is_finished, true) {
            return Err(BlockError::Finished);
        }
        let tail = self.lame.flush()?.to_vec();
        let header = self.lame.tag_frame().to_vec();
        let (delay, padding) = self.lame.delay_and_padding();
        Ok(Ending {
            tail,
            header,
            delay,
            padding,
            samples: self.samples,
        })
    }
}
