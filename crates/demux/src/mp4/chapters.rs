//! Chapters: a text track that other tracks refer to (QuickTime File Format, "Chapter
//! Lists"), or Nero's box `chpl`, which has at most 255.

use std::time::Duration;

use tonearm_media_core::{Chapter, FileError, Input, Result, tags::MAX_TEXT};

use super::boxes::{Bx, be64, child};
use super::movie::Trak;
use super::table::Samples;

/// Reads the first box `chpl` of a `udta` box: version, flags, in version 1 four reserved
/// bytes, a count; for each chapter its start in units of 100 ns, a length and a text.
pub(super) fn nero(input: &mut Input, udta: Bx) -> Result<Vec<Chapter>> {
    let mut at = udta.body;
    while let Ok(Some(bx)) = child(input, at, udta.end) {
        at = bx.end;
        // 255 chapters have at most 264 bytes each.
        if &bx.kind == b"chpl" && bx.len() <= 1 << 17 {
            let mut bytes = Vec::new();
            input.set_pos(bx.body);
            input.fill_vec(&mut bytes, bx.len())?;
            return Ok(chpl(&bytes));
        }
    }
    input.take_failure().map_or(Ok(Vec::new()), Err)
}

fn chpl(bytes: &[u8]) -> Vec<Chapter> {
    let start = if bytes.first() == Some(&0) { 5 } else { 9 };
    let mut rest = bytes.get(start..).unwrap_or_default();
    let mut chapters = Vec::new();
    while let Some((&[_, _, _, _, _, _, _, _, length], after)) = rest.split_first_chunk::<9>() {
        let Some((text, after)) = after.split_at_checked(usize::from(length)) else {
            break;
        };
        let start = Duration::from_nanos(be64(rest, 0).saturating_mul(100));
        chapters.push(Chapter::new(start, None, &text_of(text)));
        rest = after;
    }
    chapters
}

/// Reads the samples of a text track: a length, a text, and boxes about its style.
pub(super) fn track(input: &mut Input, trak: &Trak) -> Result<Vec<Chapter>> {
    let mut chapters = Vec::new();
    match read_track(input, trak, &mut chapters) {
        // Damaged chapters do not make the sound unreadable.
        Err(error) if !error.is_permanent() || matches!(error, FileError::OverLimit { .. }) => {
            Err(error)
        }
        _ => Ok(chapters),
    }
}

fn read_track(input: &mut Input, trak: &Trak, chapters: &mut Vec<Chapter>) -> Result<()> {
    let mut samples = Samples::new(input, trak)?;
    let mut ticks = 0u64;
    while let Some(sample) = samples.next()? {
        let end = ticks.saturating_add(sample.ticks);
        let mut bytes = Vec::new();
        if sample.size > 2 && sample.pos.saturating_add(sample.size) <= input.len() {
            input.set_pos(sample.pos);
            input.fill_vec(&mut bytes, sample.size.min(2 + MAX_TEXT))?;
        }
        let text = match bytes.split_first_chunk() {
            Some((&length, rest)) => {
                let length = usize::from(u16::from_be_bytes(length));
                rest.get(..length).unwrap_or(rest)
            }
            None => &[],
        };
        let time = |ticks| trak.time(ticks);
        chapters.push(Chapter::new(time(ticks), Some(time(end)), &text_of(text)));
        if chapters.len() >= Chapter::MAX {
            break;
        }
        ticks = end;
    }
    Ok(())
}

/// A text in UTF-16 with a byte order mark, or in UTF-8. Other encodings are not marked
/// reliably, so their texts are left out.
fn text_of(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|&two| from(two)).collect();
        String::from_utf16(&units).unwrap_or_default()
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        _ => str::from_utf8(bytes).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_chpl_are_read() {
        let chapter = |start: u64, text: &str| {
            let mut bytes = start.to_be_bytes().to_vec();
            bytes.push(text.len() as u8);
            bytes.extend_from_slice(text.as_bytes());
            bytes
        };
        let list = [chapter(0, "Über"), chapter(15_000_000, "")].concat();
        for head in [&[0, 0, 0, 0, 2][..], &[1, 0, 0, 0, 0, 0, 0, 0, 2]] {
            let found = chpl(&[head, &list].concat());
            let shown: Vec<_> = found
                .iter()
                .map(|one| (one.start.as_millis(), one.title.as_str()))
                .collect();
            assert_eq!(shown, [(0, "Über"), (1500, "")]);
            // Truncated.
            assert_eq!(chpl(&[head, &list[..5]].concat()), []);
        }
    }

    #[test]
    fn texts_are_utf_8_or_marked_utf_16() {
        assert_eq!(text_of("Ä".as_bytes()), "Ä");
        assert_eq!(text_of(b"\xfe\xff\x00\xc4"), "Ä");
        assert_eq!(text_of(b"\xff\xfe\xc4\x00"), "Ä");
        // Mac OS Roman.
        assert_eq!(text_of(b"\x80nderung"), "");
    }
}
