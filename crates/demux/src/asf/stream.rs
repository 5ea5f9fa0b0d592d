//! The properties of a stream (Advanced Systems Format specification, 3.3 and 4.1).

use super::guid::{self, Guid};
use super::tags;
use crate::byte_cursor::ByteCursor;
use crate::riff::wave_format::WaveFormat;

/// A stream of audio or video.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stream {
    /// 1 to 127.
    pub(super) number: u8,
    /// The format of audio; `None` for video.
    pub(super) format: Option<WaveFormat>,
    pub(super) spread: Option<Spread>,
    pub(super) is_encrypted: bool,
}

/// What the header's extension adds to a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension {
    pub(super) number: u8,
    /// Index in the list of languages.
    pub(super) language: u16,
    /// The first of its names, one for each language.
    pub(super) name: Option<String>,
}

/// The interleaving of audio: the chunks of an object are a matrix of `span` columns, and
/// the file has it column by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    /// Packets that are interleaved.
    span: usize,
    packet_bytes: usize,
    chunk_bytes: usize,
}

impl Stream {
    /// Parses the body of a Stream Properties Object; `None` for streams that are neither
    /// audio nor video.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut cursor = ByteCursor::new(body);
        let kind: Guid = cursor.array()?;
        let correction: Guid = cursor.array()?;
        let _time_offset = cursor.le64()?;
        let length = usize::try_from(cursor.le32()?).ok()?;
        let correction_length = usize::try_from(cursor.le32()?).ok()?;
        let flags = cursor.le16()?;
        let _reserved = cursor.le32()?;
        let specific = cursor.take(length)?;
        let is_audio = match kind {
            guid::AUDIO => true,
            guid::VIDEO => false,
            _ => return None,
        };
        let spread = cursor
            .take(correction_length)
            .filter(|_| is_audio && correction == guid::AUDIO_SPREAD)
            .and_then(Spread::parse);
        Some(Self {
            number: (flags & 0x7f) as u8,
            format: match is_audio {
                true => Some(WaveFormat::parse(specific)?),
                false => None,
            },
            spread,
            is_encrypted: flags & 0x8000 != 0,
        })
    }
}

impl Extension {
    /// Parses the body of an Extended Stream Properties Object. The object may contain
    /// another with the stream's properties, whose body is returned.
    pub(super) fn parse(body: &[u8]) -> Option<(Self, Option<&[u8]>)> {
        let mut cursor = ByteCursor::new(body);
        cursor.take(48)?;
        let mut extension = Self {
            number: (cursor.le16()? & 0x7f) as u8,
            language: cursor.le16()?,
            name: None,
        };
        let _time_per_frame = cursor.le64()?;
        let (names, systems) = (cursor.le16()?, cursor.le16()?);
        for _ in 0..names {
            let _language = cursor.le16()?;
            let length = cursor.le16()?;
            let name = tags::text(cursor.take(length.into())?);
            extension.name.get_or_insert(name);
        }
        Some((extension, inner(cursor, systems)))
    }
}

/// The body of the inner object, behind the payload extension systems.
fn inner(mut cursor: ByteCursor<'_>, systems: u16) -> Option<&[u8]> {
    for _ in 0..systems {
        cursor.take(18)?;
        let length = cursor.le32()?;
        cursor.take(usize::try_from(length).ok()?)?;
    }
    let guid: Guid = cursor.array()?;
    let _size = cursor.le64()?;
    (guid == guid::STREAM_PROPERTIES).then(|| cursor.rest())
}

impl Spread {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut cursor = ByteCursor::new(bytes);
        let spread = Self {
            span: cursor.u8()?.into(),
            packet_bytes: cursor.le16()?.into(),
            chunk_bytes: cursor.le16()?.into(),
        };
        let is_interleaved = spread.span > 1
            && spread.chunk_bytes > 0
            && spread.packet_bytes > spread.chunk_bytes
            && spread.packet_bytes.is_multiple_of(spread.chunk_bytes);
        is_interleaved.then_some(spread)
    }

    /// Restores the order of an object. An object of another size is not interleaved.
    pub(super) fn restore(self, object: &mut Vec<u8>) {
        let Self {
            span,
            packet_bytes,
            chunk_bytes,
        } = self;
        if object.len() != span * packet_bytes {
            return;
        }
        let rows = packet_bytes / chunk_bytes;
        let restored = (0..rows * span)
            .filter_map(|at| {
                let chunk = at / span + at % span * rows;
                object.get(chunk * chunk_bytes..(chunk + 1) * chunk_bytes)
            })
            .flatten()
            .copied()
            .collect();
        *object = restored;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_of_interleaved_audio_are_put_in_order() {
        // Two packets of three chunks of two bytes.
        let spread = Spread::parse(&[2, 6, 0, 2, 0, 0, 0]).unwrap();
        let mut object = b"aaccEEbbDDff".to_vec();
        spread.restore(&mut object);
        assert_eq!(object, b"aabbccDDEEff");
        let mut other = b"short".to_vec();
        spread.restore(&mut other);
        assert_eq!(other, b"short");
    }

    #[test]
    fn an_invalid_interleaving_is_none() {
        for bytes in [
            &[1, 6, 0, 2, 0][..],
            &[2, 6, 0, 0, 0],
            &[2, 6, 0, 4, 0],
            &[2, 6, 0, 6, 0],
            &[2, 6, 0],
        ] {
            assert_eq!(Spread::parse(bytes), None, "{bytes:?}");
        }
    }
}
