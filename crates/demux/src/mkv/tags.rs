//! Matroska's tags and attachments (RFC 9559, 5.1.6 and 5.1.8). They precede the clusters,
//! or follow them if the SeekHead at the start of the file refers to them.

use tonearm_media_core::{
    Cover, FileError, Input, Result, Tags, tags::MAX_TEXT, tags::put, tags::put_year,
};

use super::chapters;
use super::ebml::{Element, children, element, unsigned};

/// Element IDs.
mod id {
    pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
    pub(super) const SEEK: u32 = 0x4dbb;
    pub(super) const SEEK_ID: u32 = 0x53ab;
    pub(super) const SEEK_POSITION: u32 = 0x53ac;
    pub(super) const TAGS: u32 = 0x1254_c367;
    pub(super) const TAG: u32 = 0x7373;
    pub(super) const TARGETS: u32 = 0x63c0;
    pub(super) const TARGET_TRACK: u32 = 0x63c5;
    pub(super) const SIMPLE_TAG: u32 = 0x67c8;
    pub(super) const TAG_NAME: u32 = 0x45a3;
    pub(super) const TAG_STRING: u32 = 0x4487;
    pub(super) const CHAPTERS: u32 = 0x1043_a770;
    pub(super) const ATTACHMENTS: u32 = 0x1941_a469;
    pub(super) const ATTACHED_FILE: u32 = 0x61a7;
    pub(super) const FILE_DATA: u32 = 0x465c;
}

/// Maximum number of SeekHead entries to follow.
const MAX_SEEKS: usize = 16;
/// Maximum number of attachments to read, and of elements in each.
const MAX_FILES: usize = 64;
const MAX_FIELDS: usize = 16;

/// Collects metadata while the headers are read.
#[derive(Default)]
pub(super) struct Metadata {
    /// Start of the segment's body, to which positions are relative.
    pub(super) segment: u64,
    pub(super) tags: Tags,
    /// Positions of tags and attachments in the SeekHead.
    seeks: Vec<u64>,
    /// Offsets of the elements already read.
    seen: Vec<u64>,
}

impl Metadata {
    /// Reads an element if it holds metadata. Damaged metadata is ignored.
    pub(super) fn read(&mut self, input: &mut Input, found: Element) -> Result<()> {
        let outcome = match found.id {
            id::SEEK_HEAD => found.bytes(input).map(|bytes| self.read_seeks(&bytes)),
            id::TAGS => found.bytes(input).map(|bytes| self.read_tags(&bytes)),
            id::ATTACHMENTS => self.read_attachments(input, found),
            id::CHAPTERS if self.tags.chapters.is_empty() => found
                .bytes(input)
                .map(|bytes| self.tags.chapters = chapters::read(&bytes)),
            _ => return Ok(()),
        };
        self.seen.push(found.body);
        match outcome {
            Err(FileError::Damaged { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    /// Reads the metadata after the clusters, and returns all tags.
    pub(super) fn finish(mut self, input: &mut Input) -> Result<Tags> {
        for position in std::mem::take(&mut self.seeks) {
            let at = self.segment.saturating_add(position);
            match element(input, at) {
                Ok(Some(found)) if !self.seen.contains(&found.body) => self.read(input, found)?,
                Ok(_) | Err(FileError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.tags)
    }

    fn read_seeks(&mut self, bytes: &[u8]) {
        for (_, seek) in children(bytes).filter(|(id, _)| *id == id::SEEK) {
            let field = |wanted| children(seek).find(|(id, _)| *id == wanted);
            let (Some((_, kind)), Some((_, position))) =
                (field(id::SEEK_ID), field(id::SEEK_POSITION))
            else {
                continue;
            };
            let is_wanted = [id::TAGS, id::ATTACHMENTS, id::CHAPTERS]
                .iter()
                .any(|id| kind == id.to_be_bytes());
            if is_wanted && self.seeks.len() < MAX_SEEKS {
                self.seeks.push(unsigned(position));
            }
        }
    }

    fn read_tags(&mut self, bytes: &[u8]) {
        for (_, tag) in children(bytes).filter(|(id, _)| *id == id::TAG) {
            let is_of_a_track = children(tag)
                .filter(|(id, _)| *id == id::TARGETS)
                .flat_map(|(_, targets)| children(targets))
                .any(|(id, body)| id == id::TARGET_TRACK && unsigned(body) != 0);
            if is_of_a_track {
                continue;
            }
            for (_, simple) in children(tag).filter(|(id, _)| *id == id::SIMPLE_TAG) {
                let text = |wanted| {
                    let body = children(simple).find(|(id, _)| *id == wanted)?.1;
                    let is_short = body.len() as u64 <= MAX_TEXT;
                    is_short.then(|| String::from_utf8_lossy(body))
                };
                let (Some(name), Some(value)) = (text(id::TAG_NAME), text(id::TAG_STRING)) else {
                    continue;
                };
                let tags = &mut self.tags;
                match name.trim_matches('\0').to_ascii_uppercase().as_str() {
                    "TITLE" => put(&mut tags.title, &value),
                    "ARTIST" => put(&mut tags.artist, &value),
                    "ALBUM" => put(&mut tags.album, &value),
                    "COMMENT" | "DESCRIPTION" => put(&mut tags.comment, &value),
                    "DATE" | "DATE_RELEASED" | "DATE_RECORDED" | "YEAR" => {
                        put_year(&mut tags.year, &value);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Takes the first attached image as the cover.
    fn read_attachments(&mut self, input: &mut Input, list: Element) -> Result<()> {
        let end = list.end.unwrap_or(0);
        let mut at = list.body;
        for _ in 0..MAX_FILES {
            let Some(file) = within(input, at, end)? else {
                break;
            };
            at = file.end.unwrap_or(end);
            if file.id != id::ATTACHED_FILE || self.tags.cover.is_some() {
                continue;
            }
            let mut field_at = file.body;
            for _ in 0..MAX_FIELDS {
                let Some(field) = within(input, field_at, at)? else {
                    break;
                };
                let field_end = field.end.unwrap_or(at);
                field_at = field_end;
                let length = field_end - field.body;
                if field.id == id::FILE_DATA && length <= Cover::MAX_BYTES {
                    let mut bytes = Vec::new();
                    input.set_pos(field.body);
                    input.fill_vec(&mut bytes, length)?;
                    self.tags.cover = Cover::new(bytes);
                }
            }
        }
        Ok(())
    }
}

/// The element at `at`, if it ends at or before `end`.
fn within(input: &mut Input, at: u64, end: u64) -> Result<Option<Element>> {
    if at >= end {
        return Ok(None);
    }
    let found = element(input, at)?;
    Ok(found.filter(|found| found.end.is_some_and(|found| found <= end)))
}
