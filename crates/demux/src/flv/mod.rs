//! FLV (Adobe, "Video File Format Specification", version 10.1, annex E), with the enhanced
//! audio header of Veovera's "Enhanced RTMP".

mod header;
mod reader;
mod tag;

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Result, Track, TrackChoice,
};

use self::header::{Header, MAX_HEADER};
use self::reader::AudioTags;
use self::tag::{AUDIO, VIDEO, tag};
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// Maximum number of tags to read until the first audio data.
const MAX_PROBE: usize = 100_000;
/// Maximum number of tags to read after it until the first video data.
const MAX_VIDEO_PROBE: usize = 100;
/// Bytes of a block of Nellymoser, and its samples.
const NELLYMOSER_BYTES: usize = 64;
const NELLYMOSER_SAMPLES: u64 = 256;

/// Whether an FLV header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FLV\x01")
}

/// Opens a file and reads tags up to the first audio data.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let [.., o0, o1, o2, o3] = input.array::<9>()?;
    let start = u64::from(u32::from_be_bytes([o0, o1, o2, o3])).clamp(9, 64) + 4;
    let Probe {
        header,
        config,
        origin,
    } = Probe::read(&mut input, start)?.ok_or(FileError::NoAudioTrack)?;
    let codec_name = header.codec.err().map(str::to_owned);
    track_selection::only(choice, header.codec.unwrap_or_default(), codec_name)?;
    let mut params = CodecParams {
        sample_rate: Some(header.rate),
        channels: Channels::usual(header.channels),
        ..CodecParams::default()
    };
    let mut framing = Framing::Whole { samples: 0 };
    if let Ok(codec) = header.codec {
        params.codec = codec;
        framing = framing_of(codec, header.channels);
        if !config.is_empty() {
            let skip = if codec == Codec::Flac { 8 } else { 0 };
            params.config = config.get(skip..).unwrap_or_default().into();
        }
    }
    let track = Track {
        params,
        codec_name: header.codec.err().map(str::to_owned),
        tick_rate: match header.codec {
            Ok(Codec::Opus) => 48_000,
            _ => header.rate,
        },
        has_exact_ticks: header.codec == Ok(Codec::Nellymoser),
        ..Track::default()
    };
    let source = AudioTags::new(input, start, header.codec.ok(), origin);
    FramedDemuxer::open(source, framing, track)
}

/// How the data of a codec is split into frames.
fn framing_of(codec: Codec, channels: u16) -> Framing {
    match (codec, codec.pcm_bytes()) {
        (Codec::Aac, _) => Framing::Whole { samples: 1024 },
        (Codec::Mp3, _) => Framing::Mpeg,
        (Codec::Ac3 | Codec::Eac3, _) => Framing::Ac3,
        (Codec::Nellymoser, _) => Framing::Blocks {
            bytes: NELLYMOSER_BYTES,
            samples: NELLYMOSER_SAMPLES,
        },
        (_, 0) => Framing::Whole { samples: 0 },
        (_, bytes) => Framing::Blocks {
            bytes: usize::try_from(bytes).unwrap_or(1) * usize::from(channels),
            samples: 1,
        },
    }
}

/// What the first tags tell.
struct Probe {
    /// The header of the first audio data.
    header: Header,
    /// The decoder configuration before it.
    config: Vec<u8>,
    /// Timestamp of the first audio or video data.
    origin: u32,
}

impl Probe {
    fn read(input: &mut Input, start: u64) -> Result<Option<Self>> {
        let mut at = start;
        let mut config = Vec::new();
        let mut best = None;
        let mut first_audio = None;
        let mut first_video = None;
        let mut left = MAX_PROBE;
        while left > 0 && (first_audio.is_none() || first_video.is_none()) {
            left -= 1;
            let Some(tag) = tag(input, at)? else { break };
            at = tag.next();
            if tag.end <= tag.body {
                continue;
            }
            match tag.kind {
                VIDEO if first_video.is_none() && is_picture(&input.peek(tag.body, 2)?) => {
                    first_video = Some(tag.timestamp);
                }
                AUDIO if first_audio.is_none() => {
                    if tag.is_encrypted {
                        return Err(FileError::UnsupportedCodec {
                            name: "a copy-protected stream".to_owned(),
                        });
                    }
                    let Some(header) = header::parse(&input.peek(tag.body, MAX_HEADER)?) else {
                        continue;
                    };
                    if header.is_config {
                        let length = tag.end.saturating_sub(tag.body + header.length);
                        config = input.peek(
                            tag.body + header.length,
                            usize::try_from(length.min(1024)).unwrap_or(0),
                        )?;
                    } else if !header.is_empty {
                        first_audio = Some(tag.timestamp);
                        left = left.min(MAX_VIDEO_PROBE);
                    }
                    best = Some((header, config.clone()));
                }
                _ => {}
            }
        }
        let firsts = [first_audio, first_video].into_iter().flatten();
        // The earlier one, though the clock may wrap in between.
        let origin = firsts.reduce(|one, two| {
            let difference = two.wrapping_sub(one).cast_signed();
            if difference < 0 { two } else { one }
        });
        Ok(best.map(|(header, config)| Self {
            header,
            config,
            origin: origin.unwrap_or(0),
        }))
    }
}

/// Whether a video tag that begins with these bytes has a picture, rather than a
/// configuration or a command.
fn is_picture(bytes: &[u8]) -> bool {
    let &[first, second] = bytes else {
        return false;
    };
    match first {
        // An enhanced header: sequence start, end, metadata and others have no picture.
        0x80.. => matches!(first & 15, 1 | 3),
        // A command, or AVC's or HEVC's configuration or end.
        _ => first >> 4 != 5 && !(matches!(first & 15, 7 | 12) && second != 1),
    }
}
