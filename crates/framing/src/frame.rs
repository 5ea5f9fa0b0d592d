//! One representation of the frame headers of all codecs.

use tonearm_media_core::frame_header::{ac3, dts, mlp};
use tonearm_media_core::{Channels, Codec, opus_length};

use crate::frame_header;

/// Most dependent frames after an independent frame of E-AC-3.
const MAX_DEPENDENTS: usize = 8;
/// Most zeros after a DTS frame: on a CD, the rest of the longest frame.
const MAX_PADDING: usize = 16 << 10;
/// Bytes of the longest plausible Opus packet: eight streams of the maximum size.
const MAX_OPUS: usize = 64 << 10;

/// A frame at the start of a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// Bytes of the frame, including its header.
    pub length: usize,
    /// Bytes before the packet data.
    pub skip: usize,
    /// Samples per channel, 0 if unknown.
    pub samples: u64,
    /// Samples per channel to discard at the start.
    pub trim_start: u64,
    /// Samples per channel to discard at the end.
    pub trim_end: u64,
    /// The format, where the frame states it.
    pub format: Option<Format>,
}

/// A codec and its configuration, as frames state them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The codec.
    pub codec: Codec,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// AAC's AudioSpecificConfig.
    pub config: Vec<u8>,
    /// The channels, where the decoder cannot read them from the stream.
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

/// E-AC-3: bytes of the dependent frames from `start` on, which add channels to the frame
/// before them.
pub fn dependents(bytes: &[u8], start: usize) -> usize {
    let mut pos = start;
    for _ in 0..MAX_DEPENDENTS {
        match bytes.get(pos..).and_then(ac3::parse) {
            Some(next) if next.is_dependent => pos += next.length,
            _ => break,
        }
    }
    pos - start
}

/// Parses a frame of MPEG audio.
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

/// Parses a frame of AAC in ADTS.
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

/// Parses a frame of AC-3 or E-AC-3.
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

/// Parses a frame of DTS: a core frame, or an extension substream without one.
pub fn dts(bytes: &[u8]) -> Option<FrameInfo> {
    let frame = dts::parse(bytes)?;
    if frame.is_extension {
        // One that precedes a core frame belongs to another, which is missing.
        let next = bytes.get(frame.length..).and_then(dts::parse);
        if frame.samples == 0 || next.is_some_and(|next| !next.is_extension) {
            return None;
        }
    }
    Some(FrameInfo {
        format: Some(Format::new(Codec::Dts, frame.sample_rate)),
        ..FrameInfo::plain(frame.length, u64::from(frame.samples))
    })
}

/// Bytes from `start` on that belong to the DTS frame before: extension substreams, and the
/// padding of CDs. `None` where they may continue beyond `bytes`, unless that is the end.
pub fn dts_extensions(bytes: &[u8], start: usize, is_end: bool) -> Option<usize> {
    let has_core = dts::parse(bytes).is_some_and(|frame| !frame.is_extension);
    let is_short = |rest: &[u8]| rest.len() < dts::HEADER_LENGTH && !is_end;
    let mut at = start;
    for _ in 0..MAX_DEPENDENTS {
        let rest = bytes.get(at..)?;
        match dts::parse(rest) {
            Some(next) if next.is_extension && (has_core || next.index > 0) => at += next.length,
            None if is_short(rest) => return None,
            _ => break,
        }
    }
    let rest = bytes.get(at..)?;
    let padding = rest.iter().take_while(|byte| **byte == 0).count();
    let after = rest.get(padding..)?;
    if (1..=MAX_PADDING).contains(&padding) {
        if is_short(after) {
            return None;
        }
        if dts::parse(after).is_some() || after.is_empty() {
            at += padding;
        }
    }
    Some(at - start)
}

/// Parses an access unit of TrueHD or MLP. `known` is the last major sync.
pub fn mlp(bytes: &[u8], known: Option<&mlp::MajorSync>) -> Option<FrameInfo> {
    let own = mlp::major_sync(bytes);
    let sync = own.as_ref().or(known)?;
    let length = mlp::unit_length(bytes, sync)?;
    let codec = match sync.is_mlp {
        true => Codec::Mlp,
        false => Codec::TrueHd,
    };
    Some(FrameInfo {
        format: Some(Format {
            channels: sync.channels,
            ..Format::new(codec, sync.sample_rate)
        }),
        ..FrameInfo::plain(length, u64::from(sync.samples))
    })
}

/// Parses an Opus packet with the control header of ETSI TS 103 491, as FFmpeg writes it:
/// a prefix of 11 bits, three flags, the size as a sum of bytes, and the trims.
pub fn opus(bytes: &[u8]) -> Option<FrameInfo> {
    let &[0x7f, flags @ 0xe0..=0xff] = bytes.first_chunk()? else {
        return None;
    };
    let mut pos = 2;
    let mut size = 0;
    loop {
        let byte = *bytes.get(pos)?;
        pos += 1;
        size += usize::from(byte);
        if size > MAX_OPUS {
            return None;
        }
        if byte < 255 {
            break;
        }
    }
    let mut trim = |is_present: bool| -> Option<u64> {
        if !is_present {
            return Some(0);
        }
        let &[high, low] = bytes.get(pos..)?.first_chunk()?;
        pos += 2;
        Some(u64::from(u16::from_be_bytes([high & 0x1f, low])))
    };
    let (trim_start, trim_end) = (trim(flags & 0x10 != 0)?, trim(flags & 8 != 0)?);
    if flags & 4 != 0 {
        pos += 1 + usize::from(*bytes.get(pos)?);
    }
    let samples = bytes.get(pos..).and_then(opus_length).unwrap_or(0);
    Some(FrameInfo {
        skip: pos,
        trim_start,
        trim_end,
        format: Some(Format::new(Codec::Opus, 48_000)),
        ..FrameInfo::plain(pos + size, samples)
    })
}
