//! Chapters (RFC 9559, 5.1.7).

use std::time::Duration;

use tonearm_media_core::Chapter;

use super::ebml::{children, unsigned};

/// Element IDs.
mod id {
    pub(super) const EDITION: u32 = 0x45b9;
    pub(super) const EDITION_DEFAULT: u32 = 0x45db;
    pub(super) const EDITION_HIDDEN: u32 = 0x45bd;
    pub(super) const ATOM: u32 = 0xb6;
    pub(super) const START: u32 = 0x91;
    pub(super) const END: u32 = 0x92;
    pub(super) const HIDDEN: u32 = 0x98;
    pub(super) const ENABLED: u32 = 0x4598;
    pub(super) const DISPLAY: u32 = 0x80;
    pub(super) const STRING: u32 = 0x85;
}

/// The chapters of the default edition, else of the first that is not hidden. Nested
/// chapters are left out, as in most players.
pub(super) fn read(bytes: &[u8]) -> Vec<Chapter> {
    let editions = children(bytes).filter(|(id, _)| *id == id::EDITION);
    let editions: Vec<&[u8]> = editions
        .map(|(_, body)| body)
        .filter(|body| !flag(body, id::EDITION_HIDDEN, false))
        .collect();
    let mut all = editions.iter();
    let default = all.find(|body| flag(body, id::EDITION_DEFAULT, false));
    let Some(edition) = default.or(editions.first()) else {
        return Vec::new();
    };
    let atoms = children(edition).filter(|(id, _)| *id == id::ATOM);
    atoms
        .map(|(_, atom)| atom)
        .filter(|atom| !flag(atom, id::HIDDEN, false) && flag(atom, id::ENABLED, true))
        .map(chapter)
        .take(Chapter::MAX)
        .collect()
}

fn flag(body: &[u8], wanted: u32, default: bool) -> bool {
    let found = children(body).find(|(id, _)| *id == wanted);
    found.map_or(default, |(_, body)| unsigned(body) == 1)
}

/// Times are in nanoseconds, whatever the scale of the segment.
fn chapter(atom: &[u8]) -> Chapter {
    let time = |wanted: u32| {
        let found = children(atom).find(|(id, _)| *id == wanted);
        found.map(|(_, body)| Duration::from_nanos(unsigned(body)))
    };
    let displays = children(atom).filter(|(id, _)| *id == id::DISPLAY);
    let titles = displays
        .flat_map(|(_, display)| children(display))
        .filter(|(id, _)| *id == id::STRING);
    let mut titles = titles.filter_map(|(_, text)| str::from_utf8(text).ok());
    let title = titles.next().unwrap_or_default();
    Chapter::new(time(id::START).unwrap_or_default(), time(id::END), title)
}
