//! WAV, also over 4 GB as RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088) and Sony's
//! Wave64, and with sizes that are wrong because the writer was cut off.

use super::avi::kind;
use super::bare::Bytes;
use super::elementary::Stream;
use super::framer::Kind;
use super::{Demuxer, Track, choice, chunks, pcm, riff};
use crate::codec;
use crate::error::{MediaError, Result};
use crate::input::Input;
use crate::metadata::Tags;
use crate::selection::TrackChoice;
use crate::wave::WaveFormat;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;

/// The parts of a file that matter.
#[derive(Default)]
pub(super) struct Parts {
    format: Option<WaveFormat>,
    tags: Tags,
    /// Where the sound is, and its length by the file's own word.
    data: Option<(u64, u64)>,
}

const DAMAGED: MediaError = MediaError::Damaged {
    detail: "a WAV file without a format or data",
};

/// Reads the headers of a file that begins at `start`.
pub(super) fn read(input: &mut Input, start: u64) -> Result<Parts> {
    if input.peek(start, 4)? == b"riff" {
        return read_wave64(input, start);
    }
    let mut parts = Parts::default();
    let mut long = None;
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match (&chunk.id, &chunk.form) {
            (b"ds64", _) => {
                // Of the whole, of the data.
                let bytes = chunk.bytes(input)?;
                let size = bytes.get(8..).and_then(|rest| rest.first_chunk());
                long = size.map(|&size| u64::from_le_bytes(size));
            }
            (b"fmt ", _) => parts.format = WaveFormat::parse(&chunk.bytes(input)?),
            (b"LIST", b"INFO") => parts.tags = riff::info(&chunk.bytes(input)?),
            (b"data", _) => {
                let length = match (chunk.len(), long) {
                    (0xffff_ffff, Some(long)) => long,
                    // A writer that could not go back, or had no time to.
                    (0 | 0x7fff_f000..=0xffff_ffff, None) => input.len() - chunk.body,
                    (length, _) => length,
                };
                parts.data = Some((chunk.body, length));
                break;
            }
            _ => {}
        }
        at = chunk.next();
    }
    Ok(parts)
}

/// Wave64 names its chunks by GUIDs that begin with WAV's four letters, and its
/// sizes include their headers.
fn read_wave64(input: &mut Input, start: u64) -> Result<Parts> {
    let mut parts = Parts::default();
    let mut at = start + 40;
    for _ in 0..MAX_CHUNKS {
        if input.len().saturating_sub(at) < 24 {
            break;
        }
        input.set_pos(at);
        let head: [u8; 24] = input.array()?;
        let [.., s0, s1, s2, s3, s4, s5, s6, s7] = head;
        let size = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let body = at + 24;
        let length = size.saturating_sub(24);
        match &head[..4] {
            b"fmt " => {
                let bytes = input.peek(body, usize::try_from(length.min(1024)).unwrap_or(0))?;
                parts.format = WaveFormat::parse(&bytes);
            }
            b"data" => {
                parts.data = Some((body, length));
                break;
            }
            _ => {}
        }
        at = at.saturating_add(size.max(24).div_ceil(8).saturating_mul(8));
    }
    Ok(parts)
}

impl Parts {
    /// Opens what was read.
    pub(super) fn open(self, input: Input, wanted: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let (format, (body, length)) = self.format.zip(self.data).ok_or(DAMAGED)?;
        let mut track = Track {
            tick_rate: format.sample_rate,
            tags: self.tags,
            ..Track::default()
        };
        match format.codec() {
            Ok(codec) => track.params = format.params(codec),
            Err(name) => track.codec_name = Some(name),
        }
        choice::only(wanted, track.params.codec, track.codec_name.clone())?;
        let kind = kind(&format);
        if let (Kind::Pieces { .. }, Some(name)) = (&kind, codec::name_of(track.params.codec)) {
            // Nothing tells where its packets begin.
            return Err(MediaError::UnsupportedCodec {
                name: format!("{name} in WAV"),
            });
        }
        let frame = codec::pcm_bytes(track.params.codec) * u64::from(format.channels);
        let left = length.min(input.len().saturating_sub(body));
        track.seconds = pcm::seconds(left, frame, format.sample_rate);
        let end = body.saturating_add(length);
        Stream::open(Bytes::new(input, body, end), kind, track)
    }
}
