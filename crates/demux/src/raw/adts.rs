//! AAC in ADTS frames, without a container.
//!
//! symphonia's reader is not used, because an ADTS header does not signal HE-AAC: the
//! decoder gets a configuration derived from the header, and detects HE-AAC itself. Junk
//! between frames is skipped.

use tonearm_media_core::{
    Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackChoice,
};

use crate::track_selection;
use tonearm_framing::frame_header::{self, FrameHeader};
use tonearm_media_core::fraction_of;

/// Maximum and minimum length of a header, in bytes.
const MAX_HEADER: usize = 9;
const MIN_HEADER: usize = 7;
/// Samples per channel in a frame.
const SAMPLES: u64 = 1024;
/// Maximum number of bytes that one step searches for the next frame.
const SCAN: usize = 4 << 10;

const TRUNCATED: FileError = FileError::Damaged {
    detail: "it ends in the middle of a frame",
};

struct Adts {
    input: Input,
    track: Track,
    first: FrameHeader,
}

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Aac, None)?;
    let bytes = input.peek(start, MAX_HEADER)?;
    let first = frame_header::parse(&bytes).ok_or(FileError::Damaged {
        detail: "no AAC frame",
    })?;
    input.set_pos(start);
    let params = CodecParams {
        config: first.audio_specific_config().to_vec(),
        ..CodecParams::new(Codec::Aac, first.sample_rate)
    };
    let track = Track {
        params,
        tick_rate: first.sample_rate,
        seconds: estimate(&mut input, start, SAMPLES),
        ..Track::default()
    };
    Ok(Box::new(Adts {
        input,
        track,
        first,
    }))
}

/// Estimates the duration in seconds from the mean size of the first frames; `samples` is
/// the number of samples per frame.
pub(crate) fn estimate(input: &mut Input, start: u64, samples: u64) -> Option<f64> {
    let bytes = input.peek(start, 16 * SCAN).ok()?;
    let rate = frame_header::parse(&bytes)?.sample_rate;
    let mut at = 0;
    let mut frames = 0;
    while let Some(frame) = bytes.get(at..).and_then(frame_header::parse) {
        at += frame.length;
        frames += samples;
    }
    let bytes = input.len().saturating_sub(start) as f64;
    (at > 0).then_some(bytes * frames as f64 / f64::from(rate) / at as f64)
}

impl Demuxer for Adts {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        let start = self.input.pos();
        let bytes = self.input.peek(start, MAX_HEADER)?;
        let frame = frame_header::parse(&bytes).filter(|frame| frame.same_stream(&self.first));
        if let Some(frame) = frame {
            let data = start + frame.header_length as u64;
            let end = start + frame.length as u64;
            if end > self.input.len() {
                return Err(TRUNCATED);
            }
            packet.fill(&mut self.input, data, end - data, SAMPLES)?;
            return Ok(ReadStep::Packet);
        }
        let window = self.input.peek(start, SCAN)?;
        let found = (1..window.len()).find(|&at| {
            frame_header::parse(&window[at..]).is_some_and(|frame| frame.same_stream(&self.first))
        });
        match found {
            Some(at) => self.input.set_pos(start + at as u64),
            None if window.first() == Some(&0xff) && window.len() < MIN_HEADER => {
                return Err(TRUNCATED);
            }
            None if window.len() < SCAN => return Ok(ReadStep::End),
            // A header may extend beyond the end of the window.
            None => self.input.set_pos(start + (SCAN - MAX_HEADER) as u64),
        }
        Ok(ReadStep::Busy)
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.input.pos(), self.input.len())
    }

    fn position(&mut self) -> Option<u64> {
        Some(self.input.pos())
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.input.set_pos(position);
        Ok(())
    }
}
