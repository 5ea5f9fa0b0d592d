//! The header frame of a stream whose encoder writes none.

use tonearm_encoder_api::{Ending, Settings};
use tonearm_mp3::xing::{self, LameTag};
use tonearm_mp3::{FrameIndex, FrameSplitter, NotMp3};

/// Adds a Xing frame in front of a stream: a blank one before its first frame, and the
/// final one as [`Ending::header`]. Where a frame of a low constant bitrate has no room for
/// the fields, the Xing frame has a higher bitrate than the stream.
#[derive(Debug, Default)]
pub(crate) struct InfoFrame {
    splitter: FrameSplitter,
    index: FrameIndex,
    /// The stream up to here, until its first frame is complete.
    start: Vec<u8>,
}

impl InfoFrame {
    /// Puts the blank frame in front of the first frame of the stream.
    pub(crate) fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, NotMp3> {
        let is_start = self.index.frames == 0;
        let index = &mut self.index;
        self.splitter.push(&bytes, |frame| index.push(frame))?;
        if !is_start {
            return Ok(bytes);
        }
        self.start.extend_from_slice(&bytes);
        let Some(header) = self.index.header() else {
            return Ok(Vec::new());
        };
        let mut out = vec![0; xing::frame_length(header).ok_or(NotMp3)?];
        out.append(&mut self.start);
        Ok(out)
    }

    /// Adds the final frame to the ending.
    pub(crate) fn finish(
        mut self,
        ending: Ending,
        name: &str,
        settings: &Settings,
    ) -> Result<Ending, NotMp3> {
        let tail = self.push(ending.tail)?;
        let tag = LameTag {
            encoder: name.replace(' ', ""),
            quality: settings.rate_control.percent(),
            delay: ending.delay,
            padding: ending.padding,
        };
        let header = xing::frame(&self.index, &tag).unwrap_or_default();
        Ok(Ending {
            tail,
            header,
            ..ending
        })
    }
}
