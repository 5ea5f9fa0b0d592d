//! Headers of frames, one way for all codecs that have any.

use tonearm_media_core::{Channels, Codec, frame_header::ac3};

use crate::frame_header;

/// Frames that may depend on one of E-AC-3.
const MAX_DEPENDENTS: usize = 8;
/// The longest packet of Opus that is believed: eight streams in full.
const MAX_OPUS: usize = 64 << 10;

/// What the frame at hand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// Bytes with everything around it.
    pub length: usize,
    /// Bytes before its data.
    pub skip: usize,
    /// Samples per channel, 0 if unknown.
    pub samples: u64,
    /// Samples per channel to discard at the start.
    pub trim_start: u64,
    /// Samples per channel to discard at the end.
    pub trim_end: u64,
    /// What the frame says of the codec, where it says it.
    pub format: Option<Format>,
}

/// A codec and its configuration, as frames tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The codec.
    pub codec: Codec,
    /// In Hz.
    pub sample_rate: u32,
    /// AAC's AudioSpecificConfig.
    pub config: Vec<u8>,
    /// The places of the channels, where the decoder is to be told.
    pub channels: Option<Channels>,
}

impl Format {
    /// A codec that needs no configuration.
    pub fn new(codec: Codec, sample_rate: u32) -> Self {
        Self {
            codec,
            sample_rate,
            config: Vec::new(),
            channels: None,
        }
    }
}

impl FrameInfo {
    /// A frame without a header or trimming.
    pub fn plain(length: usize, samples: u64) -> Self {
        Self {
            length,
            skip: 0,
            samples,
            trim_start: 0,
            trim_end: 0,
            format: None,
        }
    }
}

/// E-AC-3: bytes of the frames that add channels to the one before them.
pub fn dependents(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    for _ in 0..MAX_DEPENDENTS {
        match bytes.get(at..).and_then(ac3::parse) {
            Some(next) if next.is_dependent => at += next.length,
            _ => break,
        }
    }
    at - start
}

/// A frame of MPEG audio.
pub fn mpeg(bytes: &[u8]) -> Option<FrameInfo> {
    let frame = frame_header::parse(bytes).filter(|frame| !frame.is_adts)?;
    let (codec, samples) = match (frame.layer, frame.sample_rate) {
        (1, _) => (Codec::Mp1, 384),
        (2, _) => (Codec::Mp2, 1152),
        (_, 32_000..) => (Codec::Mp3, 1152),
        _ => (Codec::Mp3, 576),
    };
    Some(FrameInfo {
        format: Some(Format::new(codec, frame.sample_rate)),
        ..FrameInfo::plain(frame.length, samples)
    })
}

/// A frame of AAC in ADTS.
pub fn adts(bytes: &[u8]) -> Option<FrameInfo> {
    let frame = frame_header::parse(bytes).filter(|frame| frame.is_adts)?;
    Some(FrameInfo {
        skip: frame.header_length,
        format: Some(Format {
            config: frame.audio_specific_config().to_vec(),
            ..Format::new(Codec::Aac, frame.sample_rate)
        }),
        ..FrameInfo::plain(frame.length, 1024)
    })
}

/// A frame of AC-3 or E-AC-3.
pub fn ac3(bytes: &[u8]) -> Option<FrameInfo> {
    let frame = ac3::parse(bytes)?;
    let codec = match frame.is_enhanced {
        true => Codec::Eac3,
        false => Codec::Ac3,
    };
    Some(FrameInfo {
        format: Some(Format::new(codec, frame.sample_rate)),
        ..FrameInfo::plain(frame.length, u64::from(frame.samples))
    })
}

/// The control header of ETSI TS 103 491, as FFmpeg writes it: a prefix of 11
/// bits, three flags, the size in bytes of 255, and the trims.
pub fn opus(bytes: &[u8]) -> Option<FrameInfo> {
    let &[0x7f, flags @ 0xe0..=0xff] = bytes.first_chunk()? else {
        return None;
    };
    let mut at = 2;
    let mut size = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        size += usize::from(byte);
        if size > MAX_OPUS {
            return None;
        }
        if byte < 255 {
            break;
        }
    }
    let mut trim = |is_there: bool| -> Option<u64> {
        if !is_there {
            return Some(0);
        }
        let &[high, low] = bytes.get(at..)?.first_chunk()?;
        at += 2;
        Some(u64::from(u16::from_be_bytes([high & 0x1f, low])))
    };
    let (trim_start, trim_end) = (trim(flags & 0x10 != 0)?, trim(flags & 8 != 0)?);
    if flags & 4 != 0 {
        at += 1 + usize::from(*bytes.get(at)?);
    }
    Some(FrameInfo {
        skip: at,
        trim_start,
        trim_end,
        format: Some(Format::new(Codec::Opus, 48_000)),
        ..FrameInfo::plain(at + size, 0)
    })
}
