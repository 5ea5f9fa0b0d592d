//! The table of codecs.

/// Defines [`Codec`] and its properties from one table: name, `decodable` or `named` (only
/// for errors), and how to find the length of a packet.
macro_rules! codecs {
    ($($(#[$doc:meta])* $codec:ident: $name:literal, $support:ident, $length:expr;)*) => {
        /// A codec that containers can name.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Codec {
            /// Any other codec; [`Track::codec_name`](crate::Track) may name it.
            #[default]
            Unknown,
            $($(#[$doc])* $codec,)*
        }

        impl Codec {
            /// Every codec in the table.
            pub const ALL: &[Self] = &[$(Self::$codec,)*];

            const fn row(self) -> Option<Row> {
                match self {
                    Self::Unknown => None,
                    $(Self::$codec => Some(Row {
                        name: $name,
                        is_decodable: support::$support,
                        packet_length: $length,
                    }),)*
                }
            }
        }
    };
}

mod support {
    #![expect(non_upper_case_globals, reason = "keywords of the table")]
    pub(super) const decodable: bool = true;
    pub(super) const named: bool = false;
}

struct Row {
    name: &'static str,
    is_decodable: bool,
    packet_length: PacketLength,
}

/// How to find the samples per channel of a packet without decoding it.
#[derive(Clone, Copy, Debug)]
pub enum PacketLength {
    /// The same for every packet of a track: the length of the first one decoded.
    Constant,
    /// Read from the packet's first bytes.
    Header(fn(&[u8]) -> Option<u64>),
    /// Computed from the size of the packet.
    Pcm {
        /// Bytes of one sample of one channel.
        bytes: u64,
    },
    /// Known only if the container states it.
    Stated,
}

use PacketLength::{Constant, Header, Pcm, Stated};

codecs! {
    /// AAC of any profile.
    Aac: "AAC", decodable, Constant;
    /// MPEG audio, layer 1.
    Mp1: "MPEG layer 1", decodable, Constant;
    /// MPEG audio, layer 2.
    Mp2: "MP2", decodable, Constant;
    /// MPEG audio, layer 3.
    Mp3: "MP3", decodable, Constant;
    /// Vorbis.
    Vorbis: "Vorbis", decodable, Stated;
    /// Opus.
    Opus: "Opus", decodable, Header(opus_length);
    /// FLAC.
    Flac: "FLAC", decodable, Header(flac_length);
    /// Apple Lossless.
    Alac: "ALAC", decodable, Stated;
    /// AC-3.
    Ac3: "AC-3 (Dolby Digital)", decodable, Constant;
    /// E-AC-3.
    Eac3: "E-AC-3 (Dolby Digital Plus)", decodable, Stated;
    /// AC-4.
    Ac4: "AC-4", named, Stated;
    /// DTS.
    Dts: "DTS", named, Stated;
    /// Dolby TrueHD.
    TrueHd: "Dolby TrueHD", named, Stated;
    /// Speex.
    Speex: "Speex", named, Stated;
    /// Windows Media Audio.
    Wma: "WMA", named, Stated;
    /// WavPack.
    WavPack: "WavPack", named, Stated;
    /// True Audio.
    Tta: "True Audio", named, Stated;
    /// Microsoft's ADPCM.
    AdpcmMs: "ADPCM", decodable, Stated;
    /// IMA ADPCM as in WAV.
    AdpcmImaWav: "ADPCM", decodable, Stated;
    /// IMA ADPCM as in QuickTime.
    AdpcmImaQt: "ADPCM", decodable, Stated;
    /// PCM, signed 8-bit.
    PcmS8: "PCM", decodable, Pcm { bytes: 1 };
    /// PCM, unsigned 8-bit.
    PcmU8: "PCM", decodable, Pcm { bytes: 1 };
    /// PCM, A-law.
    PcmAlaw: "PCM", decodable, Pcm { bytes: 1 };
    /// PCM, µ-law.
    PcmMulaw: "PCM", decodable, Pcm { bytes: 1 };
    /// PCM, signed 16-bit little-endian.
    PcmS16Le: "PCM", decodable, Pcm { bytes: 2 };
    /// PCM, signed 16-bit big-endian.
    PcmS16Be: "PCM", decodable, Pcm { bytes: 2 };
    /// PCM, signed 24-bit little-endian.
    PcmS24Le: "PCM", decodable, Pcm { bytes: 3 };
    /// PCM, signed 24-bit big-endian.
    PcmS24Be: "PCM", decodable, Pcm { bytes: 3 };
    /// PCM, signed 32-bit little-endian.
    PcmS32Le: "PCM", decodable, Pcm { bytes: 4 };
    /// PCM, signed 32-bit big-endian.
    PcmS32Be: "PCM", decodable, Pcm { bytes: 4 };
    /// PCM, 32-bit float little-endian.
    PcmF32Le: "PCM", decodable, Pcm { bytes: 4 };
    /// PCM, 32-bit float big-endian.
    PcmF32Be: "PCM", decodable, Pcm { bytes: 4 };
    /// PCM, 64-bit float little-endian.
    PcmF64Le: "PCM", decodable, Pcm { bytes: 8 };
    /// PCM, 64-bit float big-endian.
    PcmF64Be: "PCM", decodable, Pcm { bytes: 8 };
}

impl Codec {
    /// The codec's usual name.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// Whether there is a decoder.
    pub fn is_decodable(self) -> bool {
        self.row().is_some_and(|row| row.is_decodable)
    }

    /// How to find the length of a packet without decoding it.
    pub fn packet_length(self) -> PacketLength {
        self.row().map_or(Stated, |row| row.packet_length)
    }

    /// Bytes of one sample of one channel of uncompressed PCM; 0 for other codecs.
    pub fn pcm_bytes(self) -> u64 {
        match self.packet_length() {
            Pcm { bytes } => bytes,
            _ => 0,
        }
    }

    /// Signed integer PCM of a number of bits.
    pub fn signed_pcm(bits: u32, is_little_endian: bool) -> Option<Self> {
        Some(match (bits, is_little_endian) {
            (1..=8, _) => Self::PcmS8,
            (9..=16, true) => Self::PcmS16Le,
            (9..=16, false) => Self::PcmS16Be,
            (17..=24, true) => Self::PcmS24Le,
            (17..=24, false) => Self::PcmS24Be,
            (25..=32, true) => Self::PcmS32Le,
            (25..=32, false) => Self::PcmS32Be,
            _ => return None,
        })
    }

    /// IEEE 754 PCM of a number of bits.
    pub fn float_pcm(bits: u32, is_little_endian: bool) -> Option<Self> {
        Some(match (bits, is_little_endian) {
            (32, true) => Self::PcmF32Le,
            (32, false) => Self::PcmF32Be,
            (64, true) => Self::PcmF64Le,
            (64, false) => Self::PcmF64Be,
            _ => return None,
        })
    }
}

/// Bytes per block of one channel of QuickTime's IMA ADPCM (Apple Technical Note TN1081).
pub const IMA_QT_BLOCK_BYTES: usize = 34;
/// Samples per block.
pub const IMA_QT_BLOCK_SAMPLES: u64 = 64;

/// Samples per channel of an Opus packet at 48 kHz (RFC 6716, 3.1 and 3.2): the length of
/// a frame times the number of frames.
pub fn opus_length(packet: &[u8]) -> Option<u64> {
    let &first = packet.first()?;
    let frame = match first >> 3 {
        config @ 0..12 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..16 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let count = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 63),
    };
    Some(frame * count)
}

/// Samples per channel of a FLAC frame (RFC 9639, 9.1.1 and 9.1.5).
fn flac_length(frame: &[u8]) -> Option<u64> {
    let &[0xff, 0xf8 | 0xf9, sizes, _, first] = frame.first_chunk()? else {
        return None;
    };
    // The frame number, coded like UTF-8, precedes the length.
    let number_bytes = usize::try_from(first.leading_ones()).ok()?.max(1);
    let start = 4 + number_bytes;
    let length_bytes = |count: usize| frame.get(start..start + count);
    Some(match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => u64::from(*length_bytes(1)?.first()?) + 1,
        7 => u64::from(u16::from_be_bytes(*length_bytes(2)?.first_chunk()?)) + 1,
        code => 1 << code,
    })
}
