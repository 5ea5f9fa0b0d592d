//! The chunks before the data of RealMedia (RealNetworks, "RealMedia File Format (RMFF)",
//! appendix of the RealSystem SDK).

use tonearm_media_core::{FileError, Input, Result, Tags};

use super::audio_header::{self, AudioHeader};
use super::tags;
use crate::byte_cursor::ByteCursor;

/// Most chunks before the data; files have a handful.
const MAX_CHUNKS: usize = 1000;
/// Most bytes of a chunk that is read.
const MAX_CHUNK: u64 = 256 << 10;
/// Bytes of the header of the chunk with the data.
pub(super) const DATA_HEADER: u64 = 18;

/// What the chunks state.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) audio: Vec<Audio>,
    /// Numbers of the streams of video.
    pub(super) video: Vec<u16>,
    pub(super) seconds: Option<f64>,
    pub(super) tags: Tags,
    /// Offset of the first data packet.
    pub(super) start: u64,
}

/// A stream of audio.
#[derive(Debug)]
pub(super) struct Audio {
    pub(super) number: u16,
    pub(super) title: String,
    pub(super) header: AudioHeader,
}

impl Headers {
    /// Reads the chunks of the file that begins at `start`.
    pub(super) fn read(input: &mut Input, start: u64) -> Result<Self> {
        let mut headers = Self::default();
        let mut at = start;
        for _ in 0..MAX_CHUNKS {
            if input.len().saturating_sub(at) < 10 {
                break;
            }
            input.count_item()?;
            input.set_pos(at);
            let [i0, i1, i2, i3, s0, s1, s2, s3, _, _] = input.array()?;
            let size = u64::from(u32::from_be_bytes([s0, s1, s2, s3]));
            let id = [i0, i1, i2, i3];
            if &id == b"DATA" {
                headers.start = at + DATA_HEADER;
                return Ok(headers);
            }
            if size < 10 {
                break;
            }
            if matches!(&id, b"PROP" | b"CONT" | b"MDPR") && size <= MAX_CHUNK {
                let body = input.peek(at + 10, usize::try_from(size - 10).unwrap_or(0))?;
                let _ = match &id {
                    b"PROP" => headers.read_properties(&body),
                    b"CONT" => headers.read_description(&body),
                    _ => headers.read_stream(&body),
                };
            }
            at += size;
        }
        Err(FileError::Damaged {
            detail: "a RealMedia file without data",
        })
    }

    fn read_properties(&mut self, body: &[u8]) -> Option<()> {
        let mut cursor = ByteCursor::new(body);
        cursor.take(20)?;
        let milliseconds = cursor.be32()?;
        self.seconds = Some(f64::from(milliseconds) / 1e3).filter(|&seconds| seconds > 0.0);
        Some(())
    }

    fn read_description(&mut self, body: &[u8]) -> Option<()> {
        let mut cursor = ByteCursor::new(body);
        let mut texts: [&[u8]; 4] = [&[]; 4];
        for text in &mut texts {
            let length = cursor.be16()?;
            *text = cursor.take(length.into())?;
        }
        self.tags = tags(texts);
        Some(())
    }

    fn read_stream(&mut self, body: &[u8]) -> Option<()> {
        let mut cursor = ByteCursor::new(body);
        let number = cursor.be16()?;
        cursor.take(28)?;
        let length = cursor.u8()?;
        let title = String::from_utf8_lossy(cursor.take(length.into())?).into_owned();
        let length = cursor.u8()?;
        let _media_type = cursor.take(length.into())?;
        let length = usize::try_from(cursor.be32()?).ok()?;
        let mut specific = cursor.rest().get(..length).unwrap_or(cursor.rest());
        if specific.starts_with(b"MLTI") {
            specific = first_of_several(specific)?;
        }
        if specific.get(4..8) == Some(b"VIDO") {
            self.video.push(number);
        } else if specific.starts_with(audio_header::SIGNATURE) {
            let header = AudioHeader::parse(specific, false)?;
            self.audio.push(Audio {
                number,
                title,
                header,
            });
        }
        Some(())
    }
}

/// The description of the first of several streams with different bitrates.
fn first_of_several(specific: &[u8]) -> Option<&[u8]> {
    let mut cursor = ByteCursor::new(specific);
    cursor.take(4)?;
    let rules = cursor.be16()?;
    cursor.take(2 * usize::from(rules))?;
    let _streams = cursor.be16()?;
    let length = usize::try_from(cursor.be32()?).ok()?;
    cursor.take(length)
}
