//! The streams of a file: their headers, and the clock that counts their chunks.

use tonearm_media_core::{Codec, CodecParams, Input, Result};

use super::clock::StreamHeader;
use crate::codec_ids;
use crate::riff::chunks;
use crate::riff::wave_format::WaveFormat;
use crate::track_selection::Candidate;

/// Maximum number of streams: a chunk id has two digits.
const MAX_STREAMS: u8 = 100;
/// The number of Vorbis whose headers are in the format, in the form of Matroska.
const VORBIS: u16 = 0x566f;

/// The headers of an audio stream.
pub(super) struct AudioStream {
    /// Its number among all streams, which is part of its chunk ids.
    pub(super) number: u8,
    pub(super) header: StreamHeader,
    pub(super) format: WaveFormat,
    /// The title of the stream.
    name: Option<String>,
}

/// The streams of a file.
#[derive(Default)]
pub(super) struct Streams {
    pub(super) audio: Vec<AudioStream>,
    /// Number of streams of any kind.
    pub(super) count: u8,
    /// Start of the first audio or video stream, in nanoseconds.
    pub(super) origin: i64,
    /// Whether a stream is DV with picture and sound, as camcorders were captured.
    pub(super) has_dv: bool,
}

/// Reads the streams of a header list.
pub(super) fn read(input: &mut Input, mut at: u64, end: u64) -> Result<Streams> {
    let mut found = Vec::new();
    let mut origin = None;
    let mut number = 0;
    let mut has_dv = false;
    while at < end && number < MAX_STREAMS {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        if (&chunk.id, &chunk.form) == (b"LIST", b"strl") {
            let (start, audio) = stream(input, chunk.body + 4, chunk.end, number, &mut has_dv)?;
            origin = [origin, start].into_iter().flatten().min();
            found.extend(audio);
            number += 1;
        }
        at = chunk.next();
    }
    Ok(Streams {
        audio: found,
        count: number,
        origin: origin.unwrap_or(0),
        has_dv,
    })
}

/// Start of an audio or video stream in nanoseconds, and its headers if it is audio.
fn stream(
    input: &mut Input,
    mut at: u64,
    end: u64,
    number: u8,
    has_dv: &mut bool,
) -> Result<(Option<i64>, Option<AudioStream>)> {
    let mut header = None;
    let mut format = None;
    let mut name = None;
    while at < end {
        let Some(chunk) = chunks::chunk(input, at)? else {
            break;
        };
        match &chunk.id {
            b"strh" => header = StreamHeader::parse(&chunk.bytes(input)?),
            // Texts in legacy charsets are ignored.
            b"strn" => name = String::from_utf8(chunk.bytes(input)?).ok(),
            b"strf" => format = WaveFormat::parse(&chunk.bytes(input)?),
            _ => {}
        }
        at = chunk.next();
    }
    *has_dv |= header.is_some_and(|header| header.kind == *b"iavs");
    let is_timed = |header: &StreamHeader| [*b"auds", *b"vids"].contains(&header.kind);
    let start = header.filter(is_timed).map(|header| header.start());
    let audio = header.filter(|header| header.kind == *b"auds");
    let audio = audio.zip(format).map(|(header, format)| AudioStream {
        number,
        header,
        format,
        name,
    });
    Ok((start, audio))
}

impl AudioStream {
    /// The codec, or the name of an unsupported one.
    pub(super) fn codec(&self) -> Result<Codec, String> {
        match self.format.tag {
            // As FFmpeg writes it: the three headers are in the format.
            VORBIS => Ok(Codec::Vorbis),
            _ => self.format.codec(),
        }
    }

    /// The parameters for the decoder.
    pub(super) fn params(&self, codec: Codec) -> CodecParams {
        let mut params = self.format.params(codec);
        if codec == Codec::Vorbis {
            params.config = codec_ids::vorbis_headers(&params.config).unwrap_or_default();
        }
        params
    }

    /// Describes the stream for track selection. AVI does not record languages.
    pub(super) fn candidate(&self) -> Candidate {
        let codec = self.codec();
        Candidate {
            codec: codec.clone().unwrap_or_default(),
            codec_name: codec.err(),
            title: self.name.clone(),
            channels: Some(self.format.channels),
            ..Candidate::default()
        }
    }
}
