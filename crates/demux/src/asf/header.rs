//! The Header Object (Advanced Systems Format specification, section 3).

use std::time::Duration;

use tonearm_media_core::{Cover, FileError, Input, Result, Tags};

use super::guid::{self, Guid};
use super::stream::{Extension, Stream};
use super::tags;
use crate::byte_cursor::ByteCursor;

/// What the headers state.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) streams: Vec<Stream>,
    extensions: Vec<Extension>,
    languages: Vec<String>,
    pub(super) tags: Tags,
    /// Whether any stream needs a licence.
    pub(super) is_protected: bool,
    /// Whether the writer knew neither lengths nor sizes.
    is_broadcast: bool,
    /// Bytes of each data packet.
    pub(super) packet_bytes: u32,
    pub(super) seconds: Option<f64>,
    /// Milliseconds that precede the sound in presentation times.
    preroll: u64,
    /// Offset of the first data packet.
    pub(super) start: u64,
    /// Offset behind the last data packet, if known. It may be behind the end of the file.
    pub(super) end: Option<u64>,
}

/// Most objects of the header; files have some dozens.
const MAX_OBJECTS: usize = 10_000;
/// Most streams: their numbers have seven bits.
const MAX_STREAMS: usize = 127;
/// Most bytes of an object that is read: a cover and all texts.
const MAX_OBJECT_BYTES: u64 = Cover::MAX_BYTES + (1 << 20);
/// Bytes of an object's GUID and size.
const OBJECT_HEADER: u64 = 24;
/// Bytes of the Data Object before its first packet.
const DATA_HEADER: u64 = 50;
/// Bytes of the Header Object before its first object.
const HEADER_HEADER: u64 = 30;
/// Bytes of the extension's object before its first object.
const EXTENSION_HEADER: u64 = 46;
/// Smallest data packet that has a payload.
const MIN_PACKET: u32 = 16;
/// Largest data packet; writers use at most 64 KiB.
const MAX_PACKET: u32 = 1 << 20;

impl Header {
    /// Reads the headers of the file that begins at `start`, up to its data.
    pub(super) fn read(input: &mut Input, start: u64) -> Result<Self> {
        let mut header = Self::default();
        let (_, end) = object(input, start)?.ok_or(NO_DATA)?;
        header.read_objects(input, start + HEADER_HEADER, end)?;
        let mut at = end;
        for chapter in &mut header.tags.chapters {
            let preroll = Duration::from_millis(header.preroll);
            chapter.start = chapter.start.saturating_sub(preroll);
        }
        loop {
            let (guid, end) = object(input, at)?.ok_or(NO_DATA)?;
            if guid == guid::DATA {
                header.start = at + DATA_HEADER;
                // The size of a live stream is 0 or that of the Data Object's header.
                let is_known = !header.is_broadcast && end > header.start;
                header.end = is_known.then_some(end);
                break;
            }
            at = end;
        }
        if !(MIN_PACKET..=MAX_PACKET).contains(&header.packet_bytes) {
            return Err(FileError::Damaged {
                detail: "an ASF file without the size of its packets",
            });
        }
        Ok(header)
    }

    fn read_objects(&mut self, input: &mut Input, mut at: u64, end: u64) -> Result<()> {
        for _ in 0..MAX_OBJECTS {
            if at >= end {
                break;
            }
            let Some((guid, next)) = object(input, at)? else {
                break;
            };
            let next = next.min(end);
            if guid == guid::HEADER_EXTENSION {
                // Its objects follow one another like those of the header.
                at += EXTENSION_HEADER;
                continue;
            }
            let length = next.saturating_sub(at + OBJECT_HEADER);
            if is_read(guid) && length <= MAX_OBJECT_BYTES {
                let length = usize::try_from(length).unwrap_or(0);
                self.read_object(guid, &input.peek(at + OBJECT_HEADER, length)?);
            }
            at = next;
        }
        Ok(())
    }

    fn read_object(&mut self, guid: Guid, body: &[u8]) {
        let mut add_tags = |tags| self.tags = std::mem::take(&mut self.tags).or(tags);
        match guid {
            guid::FILE_PROPERTIES => {
                let _ = self.read_file_properties(body);
            }
            guid::STREAM_PROPERTIES => self.add_stream(body),
            guid::EXTENDED_STREAM_PROPERTIES => {
                if let Some((extension, inner)) = Extension::parse(body)
                    && self.extensions.len() < MAX_STREAMS
                {
                    self.extensions.push(extension);
                    inner.into_iter().for_each(|body| self.add_stream(body));
                }
            }
            guid::LANGUAGE_LIST => self.languages = languages(body),
            guid::CONTENT_DESCRIPTION => add_tags(tags::description(body)),
            guid::EXTENDED_CONTENT_DESCRIPTION => add_tags(tags::extended(body)),
            guid::METADATA | guid::METADATA_LIBRARY => add_tags(tags::metadata(body)),
            guid::MARKERS => self.tags.chapters = tags::markers(body),
            _ => self.is_protected = true,
        }
    }

    fn add_stream(&mut self, body: &[u8]) {
        let is_new = |stream: &Stream| {
            let mut others = self.streams.iter();
            others.all(|other| other.number != stream.number)
        };
        if let Some(stream) = Stream::parse(body).filter(is_new) {
            self.streams.push(stream);
        }
    }

    fn read_file_properties(&mut self, body: &[u8]) -> Option<()> {
        let mut cursor = ByteCursor::new(body);
        // The file's GUID, size, date of creation and number of packets.
        cursor.take(40)?;
        let played = cursor.le64()?;
        let _sent = cursor.le64()?;
        let preroll = cursor.le64()?;
        self.preroll = preroll;
        self.is_broadcast = cursor.le32()? & 1 != 0;
        let (smallest, largest) = (cursor.le32()?, cursor.le32()?);
        // The two are equal in valid files.
        self.packet_bytes = smallest.max(largest);
        // 100 ns and ms; the length includes the time before the first sample.
        let seconds = played as f64 / 1e7 - preroll as f64 / 1e3;
        self.seconds = Some(seconds).filter(|&seconds| seconds > 0.0 && !self.is_broadcast);
        Some(())
    }

    /// What the header's extension adds to a stream.
    fn extension(&self, number: u8) -> Option<&Extension> {
        let mut extensions = self.extensions.iter();
        extensions.find(|extension| extension.number == number)
    }

    /// The language of a stream, as a BCP 47 tag.
    pub(super) fn language(&self, number: u8) -> Option<&str> {
        let index = self.extension(number)?.language;
        let language = self.languages.get(usize::from(index))?;
        Some(language.as_str()).filter(|language| !language.is_empty())
    }

    /// The name of a stream.
    pub(super) fn name(&self, number: u8) -> Option<&str> {
        self.extension(number)?.name.as_deref()
    }
}

const NO_DATA: FileError = FileError::Damaged {
    detail: "an ASF file without data",
};

/// GUID and end of the object at `at`; `None` at the end of the file and where the size is
/// invalid. The end may be behind the end of the file.
fn object(input: &mut Input, at: u64) -> Result<Option<(Guid, u64)>> {
    if input.len().saturating_sub(at) < OBJECT_HEADER {
        return Ok(None);
    }
    input.count_item()?;
    input.set_pos(at);
    let guid = input.array()?;
    let size = u64::from_le_bytes(input.array()?);
    let is_valid = size >= OBJECT_HEADER || guid == guid::DATA;
    Ok(is_valid.then(|| (guid, at.saturating_add(size))))
}

fn is_read(guid: Guid) -> bool {
    matches!(
        guid,
        guid::FILE_PROPERTIES
            | guid::STREAM_PROPERTIES
            | guid::EXTENDED_STREAM_PROPERTIES
            | guid::LANGUAGE_LIST
            | guid::CONTENT_DESCRIPTION
            | guid::EXTENDED_CONTENT_DESCRIPTION
            | guid::METADATA
            | guid::METADATA_LIBRARY
            | guid::MARKERS
            | guid::CONTENT_ENCRYPTION
            | guid::EXTENDED_CONTENT_ENCRYPTION
            | guid::ADVANCED_CONTENT_ENCRYPTION
    )
}

/// The texts of a Language List Object.
fn languages(body: &[u8]) -> Vec<String> {
    let mut cursor = ByteCursor::new(body);
    let count = cursor.le16().unwrap_or(0);
    let texts = (0..count).map_while(|_| {
        let length = cursor.u8()?;
        cursor.take(length.into()).map(tags::text)
    });
    texts.collect()
}
