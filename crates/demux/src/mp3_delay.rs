//! The delay of an MP3 encoder, in containers that do not state it.
//!
//! A copy of an MP3 in Matroska, AVI or FLV has neither the Info frame nor, mostly, the delay
//! of the container, so the sound is late by the delays of encoder and decoder.

use tonearm_mp3::{FrameHeader, samples_per_frame, xing};

use crate::raw::mpeg_audio::DECODER_DELAY;

/// Samples by which LAME delays the sound. Other encoders differ by some hundred.
const ENCODER_DELAY: u64 = 576;

/// Samples per channel to discard at the start of a stream that begins with this frame; 0
/// if the frame is not the first that its encoder wrote.
pub(crate) fn of_first_frame(frame: &[u8]) -> u64 {
    let Some(header) = FrameHeader::parse(frame).filter(|header| header.layer == 3) else {
        return 0;
    };
    if let Some(info) = xing::read(frame) {
        // The frame itself decodes to silence.
        let delay = info.lame.map_or(ENCODER_DELAY, |lame| lame.delay.into());
        return samples_per_frame(header.sample_rate) + delay + DECODER_DELAY;
    }
    match reservoir(frame, header.sample_rate) {
        Some(0) => ENCODER_DELAY + DECODER_DELAY,
        _ => 0,
    }
}

/// Bytes of earlier frames that the frame needs (ISO/IEC 11172-3, `main_data_begin`). The
/// first one of an encoder needs none; one from the middle of a stream nearly always does.
fn reservoir(frame: &[u8], sample_rate: u32) -> Option<u16> {
    let is_protected = frame.get(1)? & 1 == 0;
    let side = frame.get(if is_protected { 6 } else { 4 }..)?;
    Some(match sample_rate >= 32_000 {
        true => u16::from_be_bytes(*side.first_chunk()?) >> 7,
        false => u16::from(*side.first()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_frame_of_an_encoder_states_a_delay() {
        let mut frame = [0; 417];
        frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
        assert_eq!(of_first_frame(&frame), 1105);
        frame[4] = 1;
        assert_eq!(of_first_frame(&frame), 0);
        // Layer 2.
        assert_eq!(of_first_frame(&[0xff, 0xfd, 0x90, 0x64, 0, 0]), 0);
        assert_eq!(of_first_frame(&[]), 0);
    }
}
