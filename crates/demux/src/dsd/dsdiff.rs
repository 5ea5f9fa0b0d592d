//! DSDIFF (Philips, "DSD Interchange File Format", version 1.5): IFF chunks with sizes of 64
//! bits, and bytes of each channel in turn.

use tonearm_media_core::tags::put;
use tonearm_media_core::{Channels, Codec, Demuxer, FileError, Input, Result, Tags, TrackChoice};

use crate::id3v2;
use crate::raw::frames::Bytes;
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// Bytes of a chunk's header.
const CHUNK: u64 = 12;
/// Maximum number of chunks to read.
const MAX_CHUNKS: usize = 1000;
/// Maximum number of bytes of a chunk that is read.
const MAX_CHUNK: u64 = 64 << 10;

/// The header fields of a file.
#[derive(Default)]
struct Headers {
    /// Bits per second of a channel.
    bit_rate: u32,
    channels: Vec<[u8; 4]>,
    compression: [u8; 4],
    /// Start and end of the audio data.
    data: Option<(u64, u64)>,
    tags: Tags,
}

/// Whether an IFF header of the form `DSD ` begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FRM8") && bytes.get(12..16) == Some(b"DSD ")
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let mut headers = Headers::default();
    let end = input.len();
    headers.read(&mut input, start + CHUNK + 4, end)?;
    if &headers.compression != b"DSD " {
        let name = "DST (compressed DSD)".to_owned();
        return Err(track_selection::refuse(choice, name));
    }
    track_selection::only(choice, Codec::DsdMsb, None)?;
    let (start, end) = headers.data.ok_or(FileError::Damaged {
        detail: "a DSDIFF file without data",
    })?;
    let count = headers.channels.len();
    let stored = end.min(input.len()).saturating_sub(start);
    let length = stored.checked_div(count as u64).unwrap_or_default();
    let channels = headers.layout();
    let track = super::track(
        Codec::DsdMsb,
        channels,
        headers.bit_rate,
        length,
        headers.tags,
    )?;
    let blocks = Framing::Blocks {
        bytes: count,
        samples: 1,
    };
    FramedDemuxer::open(Bytes::new(input, start, end), blocks, track)
}

impl Headers {
    /// Reads the chunks from `at` to `end`.
    fn read(&mut self, input: &mut Input, mut at: u64, end: u64) -> Result<()> {
        for _ in 0..MAX_CHUNKS {
            if end.saturating_sub(at) < CHUNK {
                break;
            }
            input.count_item()?;
            input.set_pos(at);
            let [i0, i1, i2, i3, size @ ..]: [u8; 12] = input.array()?;
            let length = u64::from_be_bytes(size);
            let body = at + CHUNK;
            let next = body.saturating_add(length).saturating_add(length % 2);
            match &[i0, i1, i2, i3] {
                // Lists of chunks: properties after the four letters of their kind.
                b"PROP" => {
                    at = body + 4;
                    continue;
                }
                b"DIIN" => {
                    at = body;
                    continue;
                }
                b"DSD " | b"DST " => {
                    self.data = Some((body, body.saturating_add(length)));
                }
                b"ID3 " if length <= id3v2::MAX_TAGS => {
                    let bytes = input.peek(body, usize::try_from(length).unwrap_or(0))?;
                    self.tags = id3v2::all(&bytes).or(std::mem::take(&mut self.tags));
                }
                id => {
                    let length = usize::try_from(length.min(MAX_CHUNK)).unwrap_or(0);
                    self.property(*id, &input.peek(body, length)?);
                }
            }
            at = next;
        }
        Ok(())
    }

    fn property(&mut self, id: [u8; 4], bytes: &[u8]) {
        let four = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
        match &id {
            b"FS  " => self.bit_rate = four(0).map_or(0, |&rate| u32::from_be_bytes(rate)),
            b"CMPR" => self.compression = four(0).copied().unwrap_or_default(),
            b"CHNL" => {
                let count = bytes
                    .first_chunk()
                    .map_or(0, |&two| u16::from_be_bytes(two));
                let ids = bytes.get(2..).unwrap_or_default().as_chunks().0;
                self.channels = ids.iter().take(count.into()).copied().collect();
            }
            // A text follows its length.
            b"DIAR" => put(&mut self.tags.artist, &text(bytes)),
            b"DITI" => put(&mut self.tags.title, &text(bytes)),
            _ => {}
        }
    }

    /// The channels; those of a surround recording are in the order of WAVE.
    fn layout(&self) -> Option<Channels> {
        let ids: Vec<&[u8]> = self.channels.iter().map(|id| id.as_slice()).collect();
        match ids.as_slice() {
            [b"MLFT", b"MRGT", b"C   ", b"LS  ", b"RS  "] => Some(Channels::SURROUND_5),
            [b"MLFT", b"MRGT", b"C   ", b"LFE ", b"LS  ", b"RS  "] => Some(Channels::SURROUND_5_1),
            _ => Channels::usual(u16::try_from(ids.len()).unwrap_or(u16::MAX)),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    let text = bytes.get(4..).unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
