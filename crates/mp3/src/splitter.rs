//! Splits a stream of MP3 frames.

use crate::frame_header::FrameHeader;

/// The stream contains something else than MP3 frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an MP3 frame")]
pub struct NotMp3;

/// Splits the output of an encoder into frames. Unlike [`Scanner`](crate::Scanner), it
/// accepts nothing between them.
#[derive(Debug, Default)]
pub struct FrameSplitter {
    /// The start of a frame.
    rest: Vec<u8>,
}

impl FrameSplitter {
    /// Appends bytes to the stream and calls `on_frame` with each frame that is complete.
    ///
    /// # Errors
    /// [`NotMp3`]; the stream cannot continue.
    pub fn push(&mut self, bytes: &[u8], mut on_frame: impl FnMut(&[u8])) -> Result<(), NotMp3> {
        self.rest.extend_from_slice(bytes);
        let mut at = 0;
        let outcome = loop {
            let rest = self.rest.get(at..).unwrap_or_default();
            if rest.len() < FrameHeader::LENGTH {
                break Ok(());
            }
            let Some(header) = FrameHeader::parse_layer_3(rest) else {
                break Err(NotMp3);
            };
            let Some(frame) = rest.get(..header.length) else {
                break Ok(());
            };
            on_frame(frame);
            at += frame.len();
        };
        self.rest.drain(..at);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_wherever_the_stream_is_split() {
        let stream: Vec<u8> = (1..20).flat_map(crate::frame_index::tests::frame).collect();
        for size in [1, 7, 416, 417, 418, 5000] {
            let (mut splitter, mut found) = (FrameSplitter::default(), Vec::new());
            for chunk in stream.chunks(size) {
                let outcome = splitter.push(chunk, |frame| found.extend_from_slice(frame));
                assert_eq!(outcome, Ok(()));
            }
            assert_eq!(found, stream);
        }
        let outcome = FrameSplitter::default().push(b"no frames", |_| {});
        assert_eq!(outcome, Err(NotMp3));
    }
}
