//! Tags of RIFF files: the list INFO (Multimedia Programming Interface and Data
//! Specifications 1.0, "INFO List Chunk"), and a chunk with an ID3 tag.

use tonearm_media_core::{Input, Result, Tags, tags::put, tags::put_year};

use crate::charset::Charset;
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

/// Parses the body of an `INFO` list. The charset of its texts is not specified.
pub(crate) fn info(body: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let charset = Charset::of(texts(body).map(|(_, text)| text));
    for (id, text) in texts(body) {
        let Some(text) = charset.decode(text) else {
            continue;
        };
        match id {
            b"INAM" => put(&mut tags.title, &text),
            b"IART" => put(&mut tags.artist, &text),
            b"IPRD" => put(&mut tags.album, &text),
            b"ICMT" => put(&mut tags.comment, &text),
            b"ICRD" => put_year(&mut tags.year, &text),
            _ => {}
        }
    }
    tags
}

/// The ids and texts of an `INFO` list, without the zeros at their ends.
fn texts(body: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = body.get(4..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (id, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let text = after.get(..length.min(after.len())).unwrap_or_default();
        // A text of odd length is padded with a zero.
        let next = length.saturating_add(length % 2);
        rest = after.get(next..).unwrap_or_default();
        let end = text
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        Some((id, &text[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"INFO".to_vec();
        for (id, text) in texts {
            body.extend_from_slice(*id);
            body.extend_from_slice(&(text.len() as u32 + 1).to_le_bytes());
            body.extend_from_slice(text);
            body.resize(body.len() + 2 - text.len() % 2, 0);
        }
        body
    }

    #[test]
    fn titles_in_cp932_and_gbk_are_decoded() {
        let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("テスト動画");
        let (gbk, _, _) = encoding_rs::GBK.encode("你的承诺");
        for (bytes, text) in [(cp932, "テスト動画"), (gbk, "你的承诺")] {
            let tags = info(&list(&[(b"INAM", &bytes), (b"ICRD", b"1999")]));
            assert_eq!((tags.title.as_deref(), tags.year), (Some(text), Some(1999)));
        }
    }

    #[test]
    fn a_text_in_an_unknown_charset_is_left_out() {
        let tags = info(&list(&[(b"INAM", b"\x93\x8c\x8b\x9e"), (b"IART", b"Me")]));
        assert_eq!((tags.title, tags.artist.as_deref()), (None, Some("Me")));
    }
}
