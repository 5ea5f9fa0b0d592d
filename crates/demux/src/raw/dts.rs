//! DTS without a container: core frames in any order of bits, with or without extension
//! substreams, and DTS Express. Also the file format of DTS's tools, whose chunks precede the
//! stream: an identifier and a size of 8 bytes each, and data.

use tonearm_media_core::{
    Codec, Demuxer, FileError, Input, Result, Track, TrackChoice, frame_header::dts,
};

use crate::raw::frames;
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// The chunk with which a file of DTS's tools begins, and the one with the stream.
const HEADER: &[u8; 8] = b"DTSHDHDR";
const STREAM: &[u8; 8] = b"STRMDATA";
/// Bytes of an identifier and a size.
const CHUNK: usize = 16;

/// Whether a frame begins here, or the file of DTS's tools.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER) || dts::parse(bytes).is_some()
}

/// Opens a stream or file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Dts, None)?;
    if !input.peek(start, HEADER.len())?.starts_with(HEADER) {
        return frames::open(input, start, Framing::Dts);
    }
    let (start, end) = stream(&mut input, start)?;
    let bytes = frames::Bytes::new(input, start, end);
    FramedDemuxer::open(bytes, Framing::Dts, Track::default())
}

/// Start and end of the stream within the chunks that begin at `at`.
fn stream(input: &mut Input, mut at: u64) -> Result<(u64, u64)> {
    loop {
        input.count_item()?;
        let chunk = input.peek(at, CHUNK)?;
        let Some((id, size)) = chunk.split_first_chunk::<8>() else {
            break;
        };
        let Some(size) = size.first_chunk() else {
            break;
        };
        let body = at.saturating_add(CHUNK as u64);
        let end = body.saturating_add(u64::from_be_bytes(*size));
        if id == STREAM {
            return Ok((body, end));
        }
        at = end;
    }
    Err(FileError::Damaged {
        detail: "a DTS file without its stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn chunk(id: &[u8; 8], data: &[u8]) -> Vec<u8> {
        let size = (data.len() as u64).to_be_bytes();
        [id, size.as_slice(), data].concat()
    }

    #[test]
    fn the_stream_of_a_file_of_chunks_is_found() {
        let all = [
            chunk(HEADER, &[0; 26]),
            chunk(b"FILEINFO", &[1; 5]),
            chunk(STREAM, &[7; 100]),
        ]
        .concat();
        assert!(detect(&all));
        let mut input = Input::new(Cursor::new(all.clone())).unwrap();
        assert_eq!(stream(&mut input, 0).unwrap(), (79, 179));
        let mut input = Input::new(Cursor::new(all[..70].to_vec())).unwrap();
        assert!(stream(&mut input, 0).is_err());
    }
}
