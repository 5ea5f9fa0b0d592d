//! The boxes `udta` and `meta` of iTunes and QuickTime: tags, cover, and gapless information.

use tonearm_media_core::{Cover, Input, Result, Tags, tags::MAX_TEXT, tags::put, tags::put_year};

use super::boxes::{Bx, child};
use super::keys;

/// Reads a `udta` box: the tags, and priming and length in samples.
pub(super) fn read(input: &mut Input, udta: Bx) -> Result<(Tags, Option<(u64, u64)>)> {
    let Some(meta) = find(input, udta, b"meta", 0)? else {
        let mut tags = Tags::default();
        quicktime(input, udta, &mut tags)?;
        return Ok((tags, None));
    };
    read_meta(input, meta)
}

/// Reads a `meta` box: the tags, and priming and length in samples.
pub(super) fn read_meta(input: &mut Input, meta: Bx) -> Result<(Tags, Option<(u64, u64)>)> {
    let mut tags = Tags::default();
    let mut gapless = None;
    // `meta` has version and flags in MP4, but not in QuickTime.
    let (list, skip) = match find(input, meta, b"ilst", 4)? {
        None => (find(input, meta, b"ilst", 0)?, 0),
        found => (found, 4),
    };
    let Some(list) = list else {
        return Ok((tags, None));
    };
    let keys = match find(input, meta, b"keys", skip)? {
        Some(keys) => keys::read(input, keys)?,
        None => Vec::new(),
    };
    let mut at = list.body;
    while let Ok(Some(mut item)) = child(input, at, list.end) {
        at = item.end;
        if let Some(kind) = keys::kind(&keys, item.kind) {
            item.kind = kind;
        }
        match &item.kind {
            b"----" => gapless = gapless.or(gapless_info(input, item)?),
            b"covr" if tags.cover.is_none() => {
                tags.cover = data(input, item, Cover::MAX_BYTES)?.and_then(Cover::new);
            }
            kind if is_known(kind) => {
                if let Some(text) = text(input, item)? {
                    put_text(&mut tags, kind, &text);
                }
            }
            _ => {}
        }
    }
    Ok((tags, gapless))
}

/// What the `udta` box of a track contains.
#[derive(Default)]
pub(super) struct TrackTags {
    pub(super) title: Option<String>,
    /// Whether a role is commentary, description, or better intelligibility.
    pub(super) is_secondary: bool,
}

/// Longest `kind` box that is read: a URI and a role.
const MAX_KIND: u64 = 256;

/// Reads the `udta` box of a track: its name (QuickTime File Format, "Track name"; in
/// iTunes' form too), and its roles (ISO/IEC 14496-12, 8.10.4).
pub(super) fn read_track(input: &mut Input, udta: Bx) -> Result<TrackTags> {
    let mut found = TrackTags::default();
    let (tags, _) = read(input, udta)?;
    found.title = tags.title;
    let mut at = udta.body;
    while let Ok(Some(item)) = child(input, at, udta.end) {
        at = item.end;
        let is_kind = &item.kind == b"kind" && item.len() <= MAX_KIND;
        let is_name = &item.kind == b"name" && item.len() <= MAX_TEXT;
        if !is_kind && !is_name {
            continue;
        }
        let mut bytes = Vec::new();
        input.set_pos(item.body);
        input.fill_vec(&mut bytes, item.len())?;
        if is_kind {
            found.is_secondary |= is_secondary(&bytes);
        } else if let Ok(text) = std::str::from_utf8(&bytes) {
            put(&mut found.title, text);
        }
    }
    input.take_failure().map_or(Ok(found), Err)
}

/// Whether the body of a `kind` box, version, flags, scheme and role, is that of a track
/// beside the main one.
fn is_secondary(kind: &[u8]) -> bool {
    let mut texts = kind.get(4..).unwrap_or_default().split(|&byte| byte == 0);
    let (Some(scheme), Some(role)) = (texts.next(), texts.next()) else {
        return false;
    };
    let roles: &[&[u8]] = &[
        b"commentary",
        b"description",
        b"enhanced-audio-intelligibility",
    ];
    scheme.starts_with(b"urn:mpeg:dash:role:") && roles.contains(&role)
}

/// Reads texts directly in `udta`, each after its length and language (QuickTime File
/// Format, "User Data Text Strings").
fn quicktime(input: &mut Input, udta: Bx, tags: &mut Tags) -> Result<()> {
    let mut at = udta.body;
    while let Ok(Some(item)) = child(input, at, udta.end) {
        at = item.end;
        if !is_known(&item.kind) || item.len() < 4 {
            continue;
        }
        input.set_pos(item.body);
        let [l0, l1, _, _] = input.array()?;
        let length = u64::from(u16::from_be_bytes([l0, l1]));
        if length <= (item.len() - 4).min(MAX_TEXT) {
            let mut bytes = Vec::new();
            input.fill_vec(&mut bytes, length)?;
            // Texts in legacy encodings are ignored.
            if let Ok(text) = String::from_utf8(bytes) {
                put_text(tags, &item.kind, &text);
            }
        }
    }
    input.take_failure().map_or(Ok(()), Err)
}

fn is_known(kind: &[u8; 4]) -> bool {
    matches!(
        kind,
        b"\xa9nam" | b"\xa9ART" | b"\xa9alb" | b"\xa9cmt" | b"\xa9day"
    )
}

fn put_text(tags: &mut Tags, kind: &[u8; 4], text: &str) {
    match kind {
        b"\xa9nam" => put(&mut tags.title, text),
        b"\xa9ART" => put(&mut tags.artist, text),
        b"\xa9alb" => put(&mut tags.album, text),
        b"\xa9cmt" => put(&mut tags.comment, text),
        _ => put_year(&mut tags.year, text),
    }
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

/// The content of an item's `data` box, after type and language; `None` if it is longer than
/// `max` bytes.
fn data(input: &mut Input, item: Bx, max: u64) -> Result<Option<Vec<u8>>> {
    let Some(data) = find(input, item, b"data", 0)? else {
        return Ok(None);
    };
    let Some(length) = data.len().checked_sub(8).filter(|&length| length <= max) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    input.set_pos(data.body + 8);
    input.fill_vec(&mut bytes, length)?;
    Ok(Some(bytes))
}

fn text(input: &mut Input, item: Bx) -> Result<Option<String>> {
    let bytes = data(input, item, MAX_TEXT)?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// Reads `iTunSMPB`, such as " 00000000 00000840 000001C0 0000000000AC4400 ...": zero,
/// priming, padding and length in samples, in hexadecimal.
fn gapless_info(input: &mut Input, item: Bx) -> Result<Option<(u64, u64)>> {
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
        // More priming than a few frames is implausible.
        (Some(priming), Some(length)) if priming < 1 << 16 => Some((priming, length)),
        _ => None,
    })
}
