//! Tags of RIFF files: the list INFO (Multimedia Programming Interface and Data
//! Specifications 1.0, "INFO List Chunk"), and a chunk with an ID3 tag.

use tonearm_media_core::{Input, Result, Tags, tags::put, tags::put_year};

use crate::id3v2;
use crate::riff::chunks;

/// Maximum number of chunks to read; files have a handful.
const MAX_CHUNKS: usize = 1000;

/// Reads the tags of the RIFF file at the start of `input`.
pub(crate) fn read(input: &mut Input, _start: u64) -> Result<Tags> {
    let mut tags = Tags::default();
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match (&chunk.id, &chunk.form) {
            (b"LIST", b"INFO") => tags = tags.or(info(&chunk.bytes(input)?)),
            (b"id3 " | b"ID3 ", _) if chunk.len() <= id3v2::MAX_TAGS => {
                let length = usize::try_from(chunk.len()).unwrap_or(0);
                tags = tags.or(id3v2::all(&input.peek(chunk.body, length)?));
            }
            _ => {}
        }
        at = chunk.next();
    }
    Ok(tags)
}

/// Parses the body of an `INFO` list.
pub(crate) fn info(body: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut rest = body.get(4..).unwrap_or_default();
    while let Some((&[k0, k1, k2, k3, l0, l1, l2, l3], after)) = rest.split_first_chunk() {
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        // The encoding is not specified; most programs write UTF-8.
        let text = after.get(..length.min(after.len())).unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        match &[k0, k1, k2, k3] {
            b"INAM" => put(&mut tags.title, &text),
            b"IART" => put(&mut tags.artist, &text),
            b"IPRD" => put(&mut tags.album, &text),
            b"ICMT" => put(&mut tags.comment, &text),
            b"ICRD" => put_year(&mut tags.year, &text),
            _ => {}
        }
        // A text of odd length is padded with a zero.
        let next = length.saturating_add(length % 2);
        rest = after.get(next..).unwrap_or_default();
    }
    tags
}
