//! Bare AAC in ADTS frames.
//!
//! Ours rather than symphonia's because HE-AAC says nothing of itself in the
//! header: the packets go to the decoder with a configuration made of the
//! header, and the decoder finds out. Junk between frames is passed over.

use tonearm_media_core::{
    Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track, TrackSelector,
};

use crate::track_selection;
use tonearm_framing::frame_header::{self, FrameHeader};
use tonearm_media_core::fraction_of;

/// The longest header, and the shortest.
const HEADER: usize = 9;
const SHORTEST: usize = 7;
/// Samples per channel of a frame.
const SAMPLES: u64 = 1024;
/// Bytes that one step passes over when it looks for the next frame.
const SCAN: usize = 4 << 10;

const CUT: FileError = FileError::Damaged {
    detail: "it ends in the middle of a frame",
};

struct Adts {
    input: Input,
    track: Track,
    first: FrameHeader,
}

/// Opens a stream whose first frame is at `start`.
pub(crate) fn open(
    mut input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    track_selection::only(selector, Codec::Aac, None)?;
    let head = input.peek(start, HEADER)?;
    let first = frame_header::parse(&head).ok_or(FileError::Damaged {
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

/// Length in seconds by the mean size of the first frames of so many samples each.
pub(crate) fn estimate(input: &mut Input, start: u64, samples: u64) -> Option<f64> {
    let head = input.peek(start, 16 * SCAN).ok()?;
    let rate = frame_header::parse(&head)?.sample_rate;
    let mut at = 0;
    let mut frames = 0;
    while let Some(frame) = head.get(at..).and_then(frame_header::parse) {
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
        let head = self.input.peek(start, HEADER)?;
        let frame = frame_header::parse(&head).filter(|frame| frame.same_stream(&self.first));
        if let Some(frame) = frame {
            let data = start + frame.header_length as u64;
            let end = start + frame.length as u64;
            if end > self.input.len() {
                return Err(CUT);
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
            None if window.first() == Some(&0xff) && window.len() < SHORTEST => return Err(CUT),
            None if window.len() < SCAN => return Ok(ReadStep::End),
            // A header may lie across the window's end.
            None => self.input.set_pos(start + (SCAN - HEADER) as u64),
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
