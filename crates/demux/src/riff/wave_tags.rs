//! The codec numbers of WAVE (`wFormatTag`; RFC 2361 and Microsoft's mmreg.h), and the GUIDs
//! of `WAVE_FORMAT_EXTENSIBLE`.

use tonearm_media_core::Codec;

/// AAC in LATM within LOAS.
pub(crate) const LATM: u16 = 0x1602;
/// AAC in ADTS frames.
pub(crate) const ADTS: u16 = 0x1600;
/// AAC whose configuration follows a header (`HEAACWAVEINFO`).
pub(crate) const HE_AAC: u16 = 0x1610;

/// AC-3 in bursts of IEC 61937.
pub(crate) const AC3_SPDIF: u16 = 0x92;

/// The codec with this number, other than PCM, or the name of an unsupported one.
pub(crate) fn codec(tag: u16) -> Result<Codec, String> {
    Ok(match tag {
        0x02 => Codec::AdpcmMs,
        0x06 => Codec::PcmAlaw,
        // The second is that of a program of Lucent.
        0x07 | 0x6c75 => Codec::PcmMulaw,
        0x0a => Codec::WmaVoice,
        0x11 | 0x69 => Codec::AdpcmImaWav,
        0x14 | 0x40 | 0x45 | 0x64 => Codec::G726,
        0x20 => Codec::AdpcmYamaha,
        0x31 | 0x32 | 0x1500 => Codec::GsmMs,
        0x38 | 0x57 => Codec::AmrNb,
        0x58 => Codec::AmrWb,
        0x42 | 0x111 | 0xa100 => Codec::G7231,
        0x50 => Codec::Mp2,
        0x55 => Codec::Mp3,
        0x61 => Codec::AdpcmImaDk4,
        0x62 => Codec::AdpcmImaDk3,
        0x65 | 0x28f => Codec::G722,
        0x83 | 0x133 | 0x729a => Codec::G729,
        0xff | 0x706d | 0x4143 | 0xa106 | ADTS | LATM | HE_AAC => Codec::Aac,
        0x130 => Codec::Sipr,
        0x150 | 0x151 => Codec::Qcelp,
        0x160 => Codec::Wma1,
        0x161 => Codec::Wma2,
        0x162 => Codec::WmaPro,
        0x163 => Codec::WmaLossless,
        0x165 => Codec::Xma1,
        0x166 => Codec::Xma2,
        0x200 => Codec::AdpcmCt,
        0x270 => Codec::Atrac3,
        0x2000 => Codec::Ac3,
        0x08 | 0x2001 => Codec::Dts,
        0x5346 => Codec::AdpcmSwf,
        0x704f => Codec::Opus,
        0xa109 => Codec::Speex,
        0xf1ac => Codec::Flac,
        tag => return Err(name(tag)),
    })
}

/// The name of an unsupported codec.
fn name(tag: u16) -> String {
    let known = match tag {
        0x10 | 0x12 | 0x13 | 0x15..=0x19 => "ADPCM",
        0x22 | 0x1501 => "TrueSpeech",
        0x75 => "VoxWare",
        0x123 => "a G.723 speech codec",
        0x135 => "ACELP",
        0x28e => "MSN Siren",
        AC3_SPDIF => "AC-3 in S/PDIF",
        0x401 | 0x402 => "Intel Music Coder",
        0x566f | 0x6750 | 0x674f | 0x6751 | 0x676f..=0x6771 => "Vorbis in AVI",
        _ => return format!("Windows codec {tag:#06x}"),
    };
    known.to_owned()
}

/// The end of a GUID that begins with a codec number, and of the same for Ambisonics.
const NUMBERED: [u8; 12] = [0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const AMBISONIC: [u8; 12] = [
    0x21, 0x07, 0xd3, 0x11, 0x86, 0x44, 0xc8, 0xc1, 0xca, 0, 0, 0,
];

/// What a sub-format stands for.
pub(crate) enum SubFormat {
    /// The codec number that it contains.
    Tag(u16),
    /// A codec without a number.
    Codec(Codec),
}

/// Interprets a sub-format, a GUID in the byte order of the file.
pub(crate) fn sub_format(guid: &[u8; 16]) -> SubFormat {
    let &[t0, t1, u0, u1, ref end @ ..] = guid;
    match guid {
        _ if *end == NUMBERED && (u0, u1) == (0, 0) || *end == AMBISONIC => {
            SubFormat::Tag(u16::from_le_bytes([t0, t1]))
        }
        b"\xbf\xaa\x23\xe9\x58\xcb\x71\x44\xa1\x19\xff\xfa\x01\xe4\xce\x62" => {
            SubFormat::Codec(Codec::Atrac3Plus)
        }
        b"\x2c\x80\x6d\xe0\x46\xdb\xcf\x11\xb4\xd1\x00\x80\x5f\x6c\xbb\xea" => {
            SubFormat::Codec(Codec::Ac3)
        }
        b"\xaf\x87\xfb\xa7\x02\x2d\xfb\x42\xa4\xd4\x05\xcd\x93\x84\x3b\xdd" => {
            SubFormat::Codec(Codec::Eac3)
        }
        b"\x2b\x80\x6d\xe0\x46\xdb\xcf\x11\xb4\xd1\x00\x80\x5f\x6c\xbb\xea" => {
            SubFormat::Codec(Codec::Mp2)
        }
        // Other GUIDs have no number; this one is reserved as unknown.
        _ => SubFormat::Tag(0),
    }
}
