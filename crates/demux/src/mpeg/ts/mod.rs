//! MPEG transport streams: packets of 188 bytes, of 192 with a time in front
//! (M2TS), of 204 with a checksum behind (ISO/IEC 13818-1, 2.4).
//!
//! Neither late starts nor gaps are filled with silence, as FFmpeg fills none.

mod packet;
mod payloads;
mod private;
mod programs;
mod streams;

use tonearm_framing::stream::FramedDemuxer;
use tonearm_media_core::{CodecParams, Demuxer, FileError, Input, Result, Track, TrackSelector};

use self::packet::{Packets, stride};
use self::payloads::Payloads;
use self::streams::Found;
use crate::track_selection::{Candidate, choose};

/// Whether packets begin here.
pub(crate) fn detect(head: &[u8]) -> bool {
    stride(head).is_some()
}

/// Opens a stream whose first packet is at `start`.
pub(crate) fn open(
    mut input: Input,
    start: u64,
    selector: &TrackSelector,
) -> Result<Box<dyn Demuxer>> {
    let head = input.peek(start, 8 * 204)?;
    let stride = stride(&head).ok_or(FileError::Damaged {
        detail: "a transport stream without packets",
    })?;
    let packets = Packets {
        input,
        stride: stride as u64,
        at: start,
    };
    let mut found = programs::read(packets.clone())?;
    private::tell(packets.clone(), &mut found)?;
    let candidates: Vec<Candidate> = found.iter().map(Found::candidate).collect();
    let place = choose(selector, &candidates)?;
    let found = found
        .into_iter()
        .nth(place)
        .ok_or(FileError::NoAudioTrack)?;
    let params = CodecParams {
        codec: found.codec,
        config: found.config,
        ..CodecParams::default()
    };
    let track = Track {
        params,
        codec_name: found.codec_name,
        ..Track::default()
    };
    let Some(kind) = found.kind else {
        return Err(track.unsupported());
    };
    FramedDemuxer::open(Payloads::new(packets, found.pid), kind, track)
}
