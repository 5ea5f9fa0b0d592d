//! WAV, including RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), which exceed 4 GB, and
//! Sony's Wave64. Sizes may be wrong if the writer was interrupted.

use tonearm_media_core::{
    Codec, CodecParams, Demuxer, FileError, Input, Result, Tags, Track, TrackChoice,
};

use crate::raw::frames::Bytes;
use crate::raw::pcm;
use crate::riff::chunks;
use crate::riff::coded_pcm::{Bursts, CodedPcm};
use crate::riff::framing;
use crate::riff::info;
use crate::riff::wave_format::WaveFormat;
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// Maximum number of chunks to read.
const MAX_CHUNKS: usize = 1000;

/// The header fields of a file.
#[derive(Default)]
struct Headers {
    format: Option<WaveFormat>,
    tags: Tags,
    /// Start of the audio data, and its length as stated in the file.
    data: Option<(u64, u64)>,
}

const DAMAGED: FileError = FileError::Damaged {
    detail: "a WAV file without a format or data",
};

/// Whether a RIFF, RF64 or BW64 header of the form WAVE begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    [b"RIFF", b"RF64", b"BW64"]
        .iter()
        .any(|id| bytes.starts_with(*id))
        && bytes.get(8..12) == Some(b"WAVE")
}

/// Whether Wave64's GUID begins here.
pub(crate) fn detect_wave64(bytes: &[u8]) -> bool {
    bytes.starts_with(&[b'r', b'i', b'f', b'f', 0x2e, 0x91, 0xcf, 0x11])
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    read(&mut input, start)?.open(input, choice)
}

/// Reads the headers of a file that begins at `start`.
fn read(input: &mut Input, start: u64) -> Result<Headers> {
    if input.peek(start, 4)? == b"riff" {
        return read_wave64(input, start);
    }
    let mut headers = Headers::default();
    let mut long = None;
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match (&chunk.id, &chunk.form) {
            (b"ds64", _) => {
                // The size of the file, then that of the data.
                let bytes = chunk.bytes(input)?;
                let size = bytes.get(8..).and_then(|rest| rest.first_chunk());
                long = size.map(|&size| u64::from_le_bytes(size));
            }
            (b"fmt ", _) => headers.format = WaveFormat::parse(&chunk.bytes(input)?),
            (b"LIST", b"INFO") => headers.tags = info::info(&chunk.bytes(input)?),
            (b"data", _) => {
                let length = match (chunk.len(), long) {
                    (0xffff_ffff, Some(long)) => long,
                    // The writer could not seek back, or was interrupted.
                    (0 | 0x7fff_f000..=0xffff_ffff, None) => input.len() - chunk.body,
                    (length, _) => length,
                };
                headers.data = Some((chunk.body, length));
                break;
            }
            _ => {}
        }
        at = chunk.next();
    }
    Ok(headers)
}

/// Reads Wave64, whose chunk ids are GUIDs that begin with WAV's four letters, and whose
/// sizes include the chunk headers.
fn read_wave64(input: &mut Input, start: u64) -> Result<Headers> {
    let mut headers = Headers::default();
    let mut at = start + 40;
    for _ in 0..MAX_CHUNKS {
        if input.len().saturating_sub(at) < 24 {
            break;
        }
        input.set_pos(at);
        let header: [u8; 24] = input.array()?;
        let [.., s0, s1, s2, s3, s4, s5, s6, s7] = header;
        let size = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let body = at + 24;
        let length = size.saturating_sub(24);
        match &header[..4] {
            b"fmt " => {
                let bytes = input.peek(body, usize::try_from(length.min(1024)).unwrap_or(0))?;
                headers.format = WaveFormat::parse(&bytes);
            }
            b"data" => {
                headers.data = Some((body, length));
                break;
            }
            _ => {}
        }
        at = at.saturating_add(size.max(24).div_ceil(8).saturating_mul(8));
    }
    Ok(headers)
}

impl Headers {
    /// Opens the audio data.
    fn open(self, mut input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        let (format, (body, length)) = self.format.zip(self.data).ok_or(DAMAGED)?;
        if format.may_be_coded()
            && let Some(coded) = CodedPcm::detect(&mut input, body)?
        {
            let (codec, framing) = coded.codec();
            track_selection::only(choice, codec, None)?;
            let track = Track {
                params: CodecParams::new(codec, format.sample_rate),
                tick_rate: format.sample_rate,
                tags: self.tags,
                ..Track::default()
            };
            let end = body.saturating_add(length);
            return match coded {
                CodedPcm::Dts => FramedDemuxer::open(Bytes::new(input, body, end), framing, track),
                CodedPcm::Bursts(_) => {
                    FramedDemuxer::open(Bursts::new(input, body, end), framing, track)
                }
            };
        }
        let mut track = Track {
            tick_rate: format.sample_rate,
            tags: self.tags,
            skip: format.delay(),
            ..Track::default()
        };
        match format.codec() {
            Ok(codec) => track.params = format.params(codec),
            Err(name) => track.codec_name = Some(name),
        }
        track_selection::only(choice, track.params.codec, track.codec_name.clone())?;
        let framing = framing::of_data(&format);
        if let (Framing::Whole { .. }, Some(name)) = (&framing, Codec::name(track.params.codec)) {
            // WAV does not record the packet boundaries.
            return Err(FileError::UnsupportedCodec {
                name: format!("{name} in WAV"),
            });
        }
        let left = length.min(input.len().saturating_sub(body));
        if let Some((bytes, samples)) = format.block() {
            track.has_exact_ticks = true;
            track.seconds = pcm::seconds(left, bytes.into(), format.sample_rate)
                .map(|seconds| seconds * samples as f64);
        }
        let end = body.saturating_add(length);
        FramedDemuxer::open(Bytes::new(input, body, end), framing, track)
    }
}
