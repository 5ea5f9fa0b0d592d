//! The header of RealAudio, versions 3 to 5. It begins a `.ra` file, and in RealMedia it
//! describes a stream. There is no public specification; the layout is that of the
//! MultimediaWiki ("RealMedia") and of files.

use tonearm_media_core::{Channels, Codec, CodecParams, Tags};

use super::interleaver::{Interleaver, Order};
use super::tags;
use crate::byte_cursor::ByteCursor;

/// The first bytes of the header.
pub(super) const SIGNATURE: &[u8; 4] = b".ra\xfd";
/// Most bytes of a header that are read: its fields, and four texts of at most 255 bytes.
pub(super) const MAX_BYTES: usize = 4096;

/// A parsed header.
#[derive(Clone, Debug)]
pub(crate) struct AudioHeader {
    /// The codec and its parameters, or the name of an unsupported codec.
    pub(crate) codec: Result<Codec, String>,
    pub(crate) params: CodecParams,
    pub(crate) interleaver: Interleaver,
    pub(super) tags: Tags,
    /// Length of the header in a `.ra` file, in bytes.
    pub(super) length: usize,
}

/// The fields of versions 4 and 5 that are needed.
#[derive(Default)]
struct Fields {
    flavor: u16,
    frame_bytes: u32,
    rows: u16,
    row_bytes: u16,
    packet_bytes: u16,
    sample_rate: u16,
    channels: u16,
    order: [u8; 4],
    codec: [u8; 4],
    config: Vec<u8>,
}

impl AudioHeader {
    /// Parses a header; `None` if it is invalid. Only a `.ra` file has the texts, so
    /// `is_file` states whether to read them.
    pub(crate) fn parse(bytes: &[u8], is_file: bool) -> Option<Self> {
        let mut cursor = ByteCursor::new(bytes);
        if cursor.array()? != *SIGNATURE {
            return None;
        }
        match cursor.be16()? {
            3 => Self::version_3(cursor, bytes),
            version @ 4..=5 => {
                let mut fields = Fields::parse(&mut cursor, version)?;
                if version == 5 || !is_file {
                    fields.config = config(&mut cursor);
                }
                let tags = match is_file {
                    true => texts(&mut cursor)?,
                    false => Tags::default(),
                };
                let length = bytes.len() - cursor.rest().len();
                fields.header(tags, length)
            }
            _ => None,
        }
    }

    /// Version 3 always has the codec RealAudio 1.0.
    fn version_3(mut cursor: ByteCursor<'_>, bytes: &[u8]) -> Option<Self> {
        let length = usize::from(cursor.be16()?) + 8;
        cursor.take(14)?;
        let tags = texts(&mut cursor)?;
        let fields = Fields {
            sample_rate: 8000,
            channels: 1,
            order: *b"Int0",
            codec: *b"lpcJ",
            ..Fields::default()
        };
        // A file without data may be shorter than its header states.
        fields.header(tags, length.min(bytes.len()))
    }
}

/// The texts of a `.ra` file: title, author, copyright and comment.
fn texts(cursor: &mut ByteCursor<'_>) -> Option<Tags> {
    let mut texts: [&[u8]; 4] = [&[]; 4];
    for text in &mut texts {
        let length = cursor.u8()?;
        *text = cursor.take(length.into())?;
    }
    Some(tags(texts))
}

impl Fields {
    fn parse(cursor: &mut ByteCursor<'_>, version: u16) -> Option<Self> {
        // Unused; the signature of the version, sizes of data and header.
        cursor.take(16)?;
        let mut fields = Self {
            flavor: cursor.be16()?,
            frame_bytes: cursor.be32()?,
            ..Self::default()
        };
        cursor.take(12)?;
        fields.rows = cursor.be16()?;
        fields.row_bytes = cursor.be16()?;
        fields.packet_bytes = cursor.be16()?;
        cursor.take(if version == 5 { 8 } else { 2 })?;
        fields.sample_rate = cursor.be16()?;
        let (_unknown, _bits) = (cursor.be16()?, cursor.be16()?);
        fields.channels = cursor.be16()?;
        if version == 5 {
            (fields.order, fields.codec) = (cursor.array()?, cursor.array()?);
            cursor.take(4)?;
        } else {
            fields.order = code(cursor)?;
            fields.codec = code(cursor)?;
            cursor.take(3)?;
        }
        Some(fields)
    }

    fn header(self, tags: Tags, length: usize) -> Option<AudioHeader> {
        let codec = match &self.codec {
            b"lpcJ" | b"14_4" => Ok(Codec::RealAudio144),
            b"28_8" => Ok(Codec::RealAudio288),
            b"cook" => Ok(Codec::Cook),
            b"sipr" => Ok(Codec::Sipr),
            b"atrc" => Ok(Codec::Atrac3),
            b"dnet" => Ok(Codec::Ac3),
            b"raac" | b"racp" => Ok(Codec::Aac),
            b"ralf" => Err("RealAudio Lossless".to_owned()),
            _ => Err("an unknown RealAudio codec".to_owned()),
        };
        let order = match &self.order {
            b"Int4" => Order::Int4 {
                frame_bytes: usize::try_from(self.frame_bytes).ok()?,
            },
            b"genr" => Order::Generic {
                packet_bytes: self.packet_bytes.into(),
            },
            b"sipr" => Order::Sipr {
                flavor: self.flavor,
            },
            b"vbrs" | b"vbrf" => Order::Lengths,
            _ => Order::None,
        };
        let interleaver = Interleaver::new(order, self.rows.into(), self.row_bytes.into())?;
        let block_bytes = match interleaver.packet_bytes() {
            Some(bytes) => u32::try_from(bytes).ok(),
            None => Some(self.frame_bytes).filter(|&bytes| bytes > 0),
        };
        // The configuration of AAC follows a byte of an unknown meaning.
        let skip = usize::from(codec == Ok(Codec::Aac));
        let params = CodecParams {
            channels: Channels::usual(self.channels),
            block_bytes,
            config: self.config.get(skip..).unwrap_or_default().to_vec(),
            tag: Some(u32::from_le_bytes(self.codec)),
            ..CodecParams::new(codec.clone().unwrap_or_default(), self.sample_rate.into())
        };
        Some(AudioHeader {
            codec,
            params,
            interleaver,
            tags,
            length,
        })
    }
}

/// The configuration after its length; empty for codecs that have none.
fn config(cursor: &mut ByteCursor<'_>) -> Vec<u8> {
    let length = cursor
        .be32()
        .and_then(|length| usize::try_from(length).ok());
    let config = length.and_then(|length| cursor.take(length));
    config.unwrap_or_default().to_vec()
}

/// A code of four characters after its length.
fn code(cursor: &mut ByteCursor<'_>) -> Option<[u8; 4]> {
    let length = cursor.u8()?;
    cursor.take(length.into())?.try_into().ok()
}
