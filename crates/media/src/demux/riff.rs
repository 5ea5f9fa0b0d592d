//! Tags of RIFF files: the list INFO (Multimedia Programming Interface and Data
//! Specifications 1.0, "INFO List Chunk") and an ID3 tag in a chunk of its own.
//!
//! symphonia reads the list and forgets it.

use super::id3;
use crate::error::Result;
use crate::input::Input;
use crate::metadata::{Tags, put, put_year};

/// Chunks that are looked at, at most; files have a handful.
const MAX_CHUNKS: usize = 1000;
/// Longest list that is read.
const MAX_LIST: u64 = 64 << 10;

/// Reads the tags of the RIFF file at the start of `input`.
pub(super) fn read(input: &mut Input) -> Result<Tags> {
    let mut tags = Tags::default();
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let head = input.peek(at, 8)?;
        let Some((kind, length)) = chunk(&head) else {
            break;
        };
        let body = at + 8;
        // A chunk of an odd length is followed by a zero.
        at = body + length + length % 2;
        match kind {
            b"LIST" if length <= MAX_LIST => list(&input.peek(body, length as usize)?, &mut tags),
            b"id3 " | b"ID3 " if length <= id3::MAX_TAGS => {
                tags = tags.or(id3::all(&input.peek(body, length as usize)?));
            }
            _ => {}
        }
    }
    Ok(tags)
}

fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], u64)> {
    let (kind, rest) = bytes.split_first_chunk()?;
    let length = u32::from_le_bytes(*rest.first_chunk()?);
    Some((kind, u64::from(length)))
}

fn list(bytes: &[u8], tags: &mut Tags) {
    let Some(mut rest) = bytes.strip_prefix(b"INFO") else {
        return;
    };
    while let Some((kind, length)) = chunk(rest) {
        let length = length as usize;
        let Some(text) = rest.get(8..).and_then(|rest| rest.get(..length)) else {
            break;
        };
        // In whatever letters the writer had; most programs write these.
        let text = String::from_utf8_lossy(text);
        match kind {
            b"INAM" => put(&mut tags.title, &text),
            b"IART" => put(&mut tags.artist, &text),
            b"IPRD" => put(&mut tags.album, &text),
            b"ICMT" => put(&mut tags.comment, &text),
            b"ICRD" => put_year(&mut tags.year, &text),
            _ => {}
        }
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
}
