//! iTunes' tags in `udta`: title, artist, album, and the note on gapless play.

use super::boxes::{Bx, child};
use crate::error::Result;
use crate::input::Input;
use crate::source::Tags;

/// Longest tag that is read; pictures are far longer and of no use here.
const MAX_TAG: u64 = 4 << 10;

/// Reads a `udta` box: tags, and priming and length in samples.
pub(super) fn read(input: &mut Input, udta: Bx) -> Result<(Tags, Option<(u64, u64)>)> {
    let mut tags = Tags::default();
    let mut gapless = None;
    let Some(meta) = find(input, udta, b"meta", 0)? else {
        return Ok((tags, None));
    };
    // A full box in MP4, a plain one in QuickTime.
    let list = match find(input, meta, b"ilst", 4)? {
        None => find(input, meta, b"ilst", 0)?,
        found => found,
    };
    let Some(list) = list else {
        return Ok((tags, None));
    };
    let mut at = list.body;
    while let Ok(Some(item)) = child(input, at, list.end) {
        at = item.end;
        let slot = match &item.kind {
            b"\xa9nam" => &mut tags.title,
            b"\xa9ART" => &mut tags.artist,
            b"\xa9alb" => &mut tags.album,
            b"----" => {
                gapless = gapless.or(note(input, item)?);
                continue;
            }
            _ => continue,
        };
        *slot = text(input, item)?;
    }
    Ok((tags, gapless))
}

fn find(input: &mut Input, parent: Bx, kind: &[u8; 4], skip: u64) -> Result<Option<Bx>> {
    let mut at = parent.body + skip;
    while let Ok(Some(bx)) = child(input, at, parent.end) {
        if &bx.kind == kind {
            return Ok(Some(bx));
        }
        at = bx.end;
    }
    input.take_failure().map_or(Ok(None), Err)
}

/// The text of an item's `data` box, after its type and language.
fn text(input: &mut Input, item: Bx) -> Result<Option<String>> {
    let Some(data) = find(input, item, b"data", 0)? else {
        return Ok(None);
    };
    if !(9..MAX_TAG).contains(&data.len()) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    input.set_pos(data.body + 8);
    input.fill_vec(&mut bytes, data.len() - 8)?;
    let text = String::from_utf8(bytes).ok();
    Ok(text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty()))
}

/// `iTunSMPB`: " 00000000 00000840 000001C0 0000000000AC4400 ..." are zero,
/// priming, padding and length in samples, in hexadecimal.
fn note(input: &mut Input, item: Bx) -> Result<Option<(u64, u64)>> {
    let Some(name) = find(input, item, b"name", 0)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    input.set_pos(name.body);
    input.fill_vec(&mut bytes, name.len().min(32))?;
    if !bytes.ends_with(b"iTunSMPB") {
        return Ok(None);
    }
    let Some(text) = text(input, item)? else {
        return Ok(None);
    };
    let mut numbers = text
        .split_ascii_whitespace()
        .map(|word| u64::from_str_radix(word, 16).unwrap_or(0));
    Ok(match (numbers.nth(1), numbers.nth(1)) {
        // Priming of more than a few frames is not credible.
        (Some(priming), Some(length)) if priming < 1 << 16 => Some((priming, length)),
        _ => None,
    })
}
