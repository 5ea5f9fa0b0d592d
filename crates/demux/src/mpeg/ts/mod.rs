//! MPEG transport streams (ISO/IEC 13818-1, 2.4): packets of 188 bytes, of 192 with a leading
//! timestamp (M2TS), or of 204 with a trailing checksum.

mod packet;
mod payloads;
mod private;
mod programs;
mod start;
mod streams;

use tonearm_framing::stream::FramedDemuxer;
use tonearm_media_core::{CodecParams, Demuxer, FileError, Input, Result, Track, TrackChoice};

use self::packet::{Packets, stride};
use self::payloads::Payloads;
use self::streams::AudioStream;
use super::clock::Clock;
use crate::track_selection::{Candidate, choose};

/// Whether packets begin here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    stride(bytes).is_some()
}

/// Opens a stream whose first packet is at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let bytes = input.peek(start, 8 * 204)?;
    let stride = stride(&bytes).ok_or(FileError::Damaged {
        detail: "a transport stream without packets",
    })?;
    let packets = Packets {
        input,
        stride: stride as u64,
        at: start,
    };
    let mut found = programs::read(packets.clone())?;
    private::identify(packets.clone(), &mut found)?;
    let candidates: Vec<Candidate> = found.iter().map(AudioStream::candidate).collect();
    let index = choose(choice, &candidates)?;
    let found = found
        .into_iter()
        .nth(index)
        .ok_or(FileError::NoAudioTrack)?;
    let params = CodecParams {
        codec: found.codec,
        config: found.config.clone(),
        ..CodecParams::default()
    };
    let track = Track {
        params,
        codec_name: found.codec_name.clone(),
        ..Track::default()
    };
    let Some(framing) = found.framing.clone() else {
        return Err(track.unsupported());
    };
    let clock = Clock::new(start::first_time(packets.clone(), &found)?);
    FramedDemuxer::open(Payloads::new(packets, &found, clock), framing, track)
}
