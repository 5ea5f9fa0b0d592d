//! MP3 frames, their index, and the Xing frame, which joining segments uses.

use tonearm_mp3::{FrameIndex, FrameSplitter, xing};

pub(crate) fn run(input: &[u8]) {
    let Some((&at, stream)) = input.split_first_chunk() else {
        return;
    };
    join(stream, u16::from_le_bytes(at).into());
}

/// Indexes the frames of a stream as a whole and in two parts, then writes the Xing frame for
/// them and reads it.
fn join(stream: &[u8], at: usize) {
    let info = xing::read(stream).unwrap_or_default();
    let tag = info.lame.unwrap_or_default();
    let (first, second) = stream.split_at(at.min(stream.len()));
    let mut whole = FrameIndex::default();
    let mut halves = [FrameIndex::default(), FrameIndex::default()];
    let mut splitter = FrameSplitter::default();
    for (half, bytes) in halves.iter_mut().zip([first, second]) {
        let outcome = splitter.push(bytes, |frame| {
            whole.push(frame);
            half.push(frame);
        });
        if outcome.is_err() {
            break;
        }
    }
    let [mut joined, last] = halves;
    joined.append(&last);
    assert_eq!(
        (joined.frames, joined.bytes, joined.crc),
        (whole.frames, whole.bytes, whole.crc)
    );
    if let Some(frame) = xing::frame(&joined, &tag) {
        let read = xing::read(&frame).and_then(|info| info.lame);
        assert_eq!(read.map(|tag| tag.delay), Some(tag.delay.min(0xfff)));
    }
}
