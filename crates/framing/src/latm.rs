//! AAC in LATM, framed by LOAS (ISO/IEC 14496-3, 1.7), as DVB carries it: one program, one
//! layer, one frame per element.

use tonearm_media_core::{BitReader, Codec};

use crate::frame::{Format, FrameInfo};
use tonearm_media_core::frame_header::adts::AAC_RATES;

/// The current configuration, which not every element repeats.
#[derive(Clone, Debug, Default)]
pub struct Config {
    current: Option<Format>,
}

/// Parses the LOAS frame at the start of `bytes`. `None` unless the frame contains the
/// configuration or `known` does.
pub fn frame_info(bytes: &[u8], known: &Config) -> Option<FrameInfo> {
    let &[0x56, second @ 0xe0..=0xff, third] = bytes.first_chunk()? else {
        return None;
    };
    let length = 3 + (usize::from(second & 0x1f) << 8 | usize::from(third));
    let mut bits = BitReader::new(bytes.get(3..)?);
    let format = match bits.flag() {
        Some(false) => stream_mux_config(&mut bits),
        _ => known.current.clone(),
    }?;
    Some(FrameInfo {
        skip: 3,
        format: Some(format),
        ..FrameInfo::plain(length, 1024)
    })
}

impl Config {
    /// Sets the current configuration.
    pub fn set(&mut self, format: Option<&Format>) {
        self.current = format.cloned();
    }
}

/// Appends the AAC frame of an audio mux element to `out`. `None` where the element is
/// invalid.
pub fn payload(element: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut bits = BitReader::new(element);
    if !bits.flag()? {
        stream_mux_config(&mut bits)?;
    }
    let mut length = 0;
    loop {
        let byte = bits.read(8)?;
        length += usize::try_from(byte).ok()?;
        if byte < 255 {
            break;
        }
    }
    bits.bytes(length, out)
}

/// Reads a `StreamMuxConfig` of one program, one layer and one frame.
fn stream_mux_config(bits: &mut BitReader<'_>) -> Option<Format> {
    let version = bits.read(1)?;
    if version == 1 && bits.flag()? {
        return None;
    }
    if version == 1 {
        latm_value(bits)?;
    }
    let is_same_framing = bits.flag()?;
    let (sub_frames, programs, layers) = (bits.read(6)?, bits.read(4)?, bits.read(3)?);
    if !is_same_framing || (sub_frames, programs, layers) != (0, 0, 0) {
        return None;
    }
    let stated = match version {
        1 => Some(usize::try_from(latm_value(bits)?).ok()?),
        _ => None,
    };
    let start = bits.position();
    let (sample_rate, config) = audio_specific_config(bits)?;
    if let Some(length) = stated {
        // Skips extensions of the configuration.
        for _ in bits.position() - start..length {
            bits.flag()?;
        }
    }
    let frame_length_type = bits.read(3)?;
    if frame_length_type != 0 {
        return None;
    }
    bits.read(8)?;
    if bits.flag()? {
        // Length of the other data, which comes last and is ignored.
        match version {
            1 => {
                latm_value(bits)?;
            }
            _ => while bits.read(9)? & 0x100 != 0 {},
        }
    }
    if bits.flag()? {
        bits.read(8)?;
    }
    Some(Format {
        config,
        ..Format::new(Codec::Aac, sample_rate)
    })
}

/// `LatmGetValue`: a number of one to four bytes.
fn latm_value(bits: &mut BitReader<'_>) -> Option<u32> {
    let bytes = bits.read(2)? as usize + 1;
    bits.read(8 * bytes)
}

/// Reads an AudioSpecificConfig. Returns its sample rate, and the configuration aligned
/// to bytes.
fn audio_specific_config(bits: &mut BitReader<'_>) -> Option<(u32, Vec<u8>)> {
    let object_type = bits.read(5)?;
    let rate_index = bits.read(4)?;
    let channels = bits.read(4)?;
    let sample_rate = *AAC_RATES.get(rate_index as usize)?;
    let mut fields = vec![(object_type, 5), (rate_index, 4), (channels, 4)];
    let mut core = object_type;
    if matches!(object_type, 5 | 29) {
        let extension_rate = bits.read(4)?;
        AAC_RATES.get(extension_rate as usize)?;
        core = bits.read(5)?;
        fields.extend([(extension_rate, 4), (core, 5)]);
    }
    // Only AAC-LC with a numbered channel configuration.
    if core != 2 || channels == 0 {
        return None;
    }
    let is_short = bits.read(1)?;
    let depends = bits.read(1)?;
    let extension = bits.read(1)?;
    if depends == 1 || extension == 1 {
        return None;
    }
    fields.extend([(is_short, 1), (0, 2)]);
    Some((sample_rate, pack(&fields)))
}

fn pack(fields: &[(u32, u32)]) -> Vec<u8> {
    let width: u32 = fields.iter().map(|(_, width)| width).sum();
    let value = fields
        .iter()
        .fold(0u64, |sum, &(value, width)| sum << width | u64::from(value));
    let bytes = (value << (64 - width)).to_be_bytes();
    bytes[..width.div_ceil(8) as usize].to_vec()
}
