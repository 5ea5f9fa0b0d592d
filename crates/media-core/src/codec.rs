//! The table of codecs.

use crate::amr::Band;
use crate::frame_header::{ac3, dts};

/// Defines [`Codec`] and its properties from one table: name; identifier; who decodes it;
/// and how to find the length of a packet. The decoder is `built_in` (the crate
/// `tonearm-decode`), `plugin` (only a decoder plugin), `either` (a plugin that has the
/// codec, else the built-in decoder) or `named` (nobody, the name is for errors).
macro_rules! codecs {
    ($($(#[$doc:meta])* $codec:ident: $name:literal, $id:literal, $support:ident, $length:expr;)*) => {
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
                        id: $id,
                        support: Support::$support,
                        packet_length: $length,
                    }),)*
                }
            }
        }
    };
}

/// Who decodes a codec.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "keywords of the table")]
enum Support {
    built_in,
    either,
    plugin,
    named,
}

struct Row {
    name: &'static str,
    id: &'static str,
    support: Support,
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
    Aac: "AAC", "aac", built_in, Constant;
    /// MPEG audio, layer 1.
    Mp1: "MPEG layer 1", "mp1", built_in, Constant;
    /// MPEG audio, layer 2.
    Mp2: "MP2", "mp2", built_in, Constant;
    /// MPEG audio, layer 3.
    Mp3: "MP3", "mp3", built_in, Constant;
    /// Vorbis.
    Vorbis: "Vorbis", "vorbis", either, Stated;
    /// Opus.
    Opus: "Opus", "opus", built_in, Header(opus_length);
    /// FLAC.
    Flac: "FLAC", "flac", built_in, Header(flac_length);
    /// Apple Lossless.
    Alac: "ALAC", "alac", built_in, Stated;
    /// AC-3.
    Ac3: "AC-3 (Dolby Digital)", "ac3", plugin, Constant;
    /// E-AC-3.
    Eac3: "E-AC-3 (Dolby Digital Plus)", "eac3", plugin, Header(ac3::packet_samples);
    /// AC-4.
    Ac4: "AC-4", "ac4", named, Stated;
    /// DTS: core, Express, and the core of DTS-HD.
    Dts: "DTS", "dts", plugin, Header(dts::packet_samples);
    /// Dolby TrueHD.
    TrueHd: "Dolby TrueHD", "truehd", plugin, Constant;
    /// Meridian Lossless Packing.
    Mlp: "MLP", "mlp", plugin, Constant;
    /// Windows Media Audio 1.
    Wma1: "WMA 1", "wmav1", plugin, Stated;
    /// Windows Media Audio 2.
    Wma2: "WMA 2", "wmav2", plugin, Stated;
    /// Windows Media Audio Professional.
    WmaPro: "WMA Pro", "wmapro", plugin, Stated;
    /// Windows Media Audio Lossless.
    WmaLossless: "WMA Lossless", "wmalossless", plugin, Stated;
    /// Windows Media Audio Voice.
    WmaVoice: "WMA Voice", "wmavoice", plugin, Stated;
    /// XMA (Xbox).
    Xma1: "XMA", "xma1", plugin, Stated;
    /// XMA 2 (Xbox).
    Xma2: "XMA 2", "xma2", plugin, Stated;
    /// AMR narrowband.
    AmrNb: "AMR", "amrnb", plugin, Header(|packet| Band::Narrow.packet_samples(packet));
    /// AMR wideband.
    AmrWb: "AMR wideband", "amrwb", plugin, Header(|packet| Band::Wide.packet_samples(packet));
    /// Speex.
    Speex: "Speex", "speex", plugin, Stated;
    /// GSM 06.10, frames of 33 bytes.
    Gsm: "GSM", "gsm", plugin, Stated;
    /// GSM 06.10 as in WAV, two frames in 65 bytes.
    GsmMs: "GSM", "gsm_ms", plugin, Stated;
    /// MPEG-4 Audio Lossless Coding.
    Als: "MPEG-4 ALS", "mp4als", plugin, Stated;
    /// WavPack.
    WavPack: "WavPack", "wavpack", plugin, Stated;
    /// True Audio.
    Tta: "True Audio", "tta", plugin, Stated;
    /// Monkey's Audio.
    Ape: "Monkey's Audio", "ape", plugin, Stated;
    /// TAK.
    Tak: "TAK", "tak", plugin, Stated;
    /// Musepack, stream version 7.
    Musepack7: "Musepack", "musepack7", plugin, Stated;
    /// Musepack, stream version 8.
    Musepack8: "Musepack", "musepack8", plugin, Stated;
    /// Nellymoser Asao.
    Nellymoser: "Nellymoser", "nellymoser", plugin, Stated;
    /// ITU-T G.722.
    G722: "G.722", "g722", plugin, Stated;
    /// ITU-T G.723.1.
    G7231: "G.723.1", "g723_1", plugin, Stated;
    /// ITU-T G.726, big-endian codewords.
    G726: "G.726", "g726", plugin, Stated;
    /// ITU-T G.726, little-endian codewords.
    G726Le: "G.726", "g726le", plugin, Stated;
    /// ITU-T G.729.
    G729: "G.729", "g729", plugin, Stated;
    /// iLBC.
    Ilbc: "iLBC", "ilbc", plugin, Stated;
    /// QCELP.
    Qcelp: "QCELP", "qcelp", plugin, Stated;
    /// EVRC.
    Evrc: "EVRC", "evrc", plugin, Stated;
    /// Cook (RealAudio G2).
    Cook: "Cook (RealAudio)", "cook", plugin, Stated;
    /// RealAudio 1.0.
    RealAudio144: "RealAudio 1.0", "ra_144", plugin, Header(|packet| frames(packet, 20));
    /// RealAudio 2.0.
    RealAudio288: "RealAudio 2.0", "ra_288", plugin, Header(|packet| frames(packet, 38));
    /// ACELP.net (RealAudio).
    Sipr: "Sipr (RealAudio)", "sipr", plugin, Stated;
    /// ATRAC1.
    Atrac1: "ATRAC1", "atrac1", plugin, Stated;
    /// ATRAC3.
    Atrac3: "ATRAC3", "atrac3", plugin, Stated;
    /// ATRAC3+.
    Atrac3Plus: "ATRAC3+", "atrac3p", plugin, Stated;
    /// QDesign Music 2.
    Qdm2: "QDesign Music 2", "qdm2", plugin, Stated;
    /// QDesign Music.
    Qdmc: "QDesign Music", "qdmc", plugin, Stated;
    /// MACE 3:1.
    Mace3: "MACE 3:1", "mace3", plugin, Stated;
    /// MACE 6:1.
    Mace6: "MACE 6:1", "mace6", plugin, Stated;
    /// Dolby E.
    DolbyE: "Dolby E", "dolby_e", plugin, Stated;
    /// DSD, least significant bit first, interleaved.
    DsdLsb: "DSD", "dsd_lsbf", plugin, Stated;
    /// DSD, most significant bit first, interleaved.
    DsdMsb: "DSD", "dsd_msbf", plugin, Stated;
    /// DSD, least significant bit first, planar.
    DsdLsbPlanar: "DSD", "dsd_lsbf_planar", plugin, Stated;
    /// DSD, most significant bit first, planar.
    DsdMsbPlanar: "DSD", "dsd_msbf_planar", plugin, Stated;
    /// ADPCM as in Flash.
    AdpcmSwf: "ADPCM", "adpcm_swf", plugin, Stated;
    /// Yamaha's ADPCM.
    AdpcmYamaha: "ADPCM", "adpcm_yamaha", plugin, Stated;
    /// Duck's ADPCM, DK3.
    AdpcmImaDk3: "ADPCM", "adpcm_ima_dk3", plugin, Stated;
    /// Duck's ADPCM, DK4.
    AdpcmImaDk4: "ADPCM", "adpcm_ima_dk4", plugin, Stated;
    /// Creative's ADPCM.
    AdpcmCt: "ADPCM", "adpcm_ct", plugin, Stated;
    /// Sound Blaster Pro's ADPCM of 4 bits.
    AdpcmSbPro4: "ADPCM", "adpcm_sbpro_4", plugin, Stated;
    /// Sound Blaster Pro's ADPCM of 3 bits.
    AdpcmSbPro3: "ADPCM", "adpcm_sbpro_3", plugin, Stated;
    /// Sound Blaster Pro's ADPCM of 2 bits.
    AdpcmSbPro2: "ADPCM", "adpcm_sbpro_2", plugin, Stated;
    /// MPEG-H 3D Audio.
    MpegH: "MPEG-H 3D Audio", "mpegh_3d_audio", named, Stated;
    /// Apple Positional Audio Codec.
    Apac: "Apple Positional Audio (APAC)", "apac", named, Stated;
    /// Microsoft's ADPCM.
    AdpcmMs: "ADPCM", "adpcm_ms", built_in, Stated;
    /// IMA ADPCM as in WAV.
    AdpcmImaWav: "ADPCM", "adpcm_ima_wav", built_in, Stated;
    /// IMA ADPCM as in QuickTime.
    AdpcmImaQt: "ADPCM", "adpcm_ima_qt", built_in, Stated;
    /// PCM, signed 8-bit.
    PcmS8: "PCM", "pcm_s8", built_in, Pcm { bytes: 1 };
    /// PCM, unsigned 8-bit.
    PcmU8: "PCM", "pcm_u8", built_in, Pcm { bytes: 1 };
    /// PCM, A-law.
    PcmAlaw: "PCM", "pcm_alaw", built_in, Pcm { bytes: 1 };
    /// PCM, µ-law.
    PcmMulaw: "PCM", "pcm_mulaw", built_in, Pcm { bytes: 1 };
    /// PCM, signed 16-bit little-endian.
    PcmS16Le: "PCM", "pcm_s16le", built_in, Pcm { bytes: 2 };
    /// PCM, signed 16-bit big-endian.
    PcmS16Be: "PCM", "pcm_s16be", built_in, Pcm { bytes: 2 };
    /// PCM, signed 24-bit little-endian.
    PcmS24Le: "PCM", "pcm_s24le", built_in, Pcm { bytes: 3 };
    /// PCM, signed 24-bit big-endian.
    PcmS24Be: "PCM", "pcm_s24be", built_in, Pcm { bytes: 3 };
    /// PCM, signed 32-bit little-endian.
    PcmS32Le: "PCM", "pcm_s32le", built_in, Pcm { bytes: 4 };
    /// PCM, signed 32-bit big-endian.
    PcmS32Be: "PCM", "pcm_s32be", built_in, Pcm { bytes: 4 };
    /// PCM, signed 64-bit little-endian.
    PcmS64Le: "PCM", "pcm_s64le", built_in, Pcm { bytes: 8 };
    /// PCM, signed 64-bit big-endian.
    PcmS64Be: "PCM", "pcm_s64be", built_in, Pcm { bytes: 8 };
    /// PCM, 32-bit float little-endian whose full scale is that of 16-bit integers.
    PcmF16Le: "PCM", "pcm_f16le", built_in, Pcm { bytes: 4 };
    /// PCM, 32-bit float little-endian whose full scale is that of 24-bit integers.
    PcmF24Le: "PCM", "pcm_f24le", built_in, Pcm { bytes: 4 };
    /// PCM, 32-bit float little-endian.
    PcmF32Le: "PCM", "pcm_f32le", built_in, Pcm { bytes: 4 };
    /// PCM, 32-bit float big-endian.
    PcmF32Be: "PCM", "pcm_f32be", built_in, Pcm { bytes: 4 };
    /// PCM, 64-bit float little-endian.
    PcmF64Le: "PCM", "pcm_f64le", built_in, Pcm { bytes: 8 };
    /// PCM, 64-bit float big-endian.
    PcmF64Be: "PCM", "pcm_f64be", built_in, Pcm { bytes: 8 };
}

impl Codec {
    /// The codec's usual name.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// The identifier in the contract of decoder plugins and in tests, such as "adpcm_ms".
    pub fn id(self) -> Option<&'static str> {
        self.row().map(|row| row.id)
    }

    /// The codec with an [identifier](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|codec| codec.id() == Some(id))
    }

    /// Whether `tonearm-decode` has a decoder, so that no plugin is needed.
    pub fn is_built_in(self) -> bool {
        let support = self.row().map(|row| row.support);
        matches!(support, Some(Support::built_in | Support::either))
    }

    /// Whether a plugin that has the codec takes precedence over the built-in decoder: it
    /// is more often right, or faster (docs/performance.md).
    pub fn prefers_plugin(self) -> bool {
        self.row().is_some_and(|row| row.support == Support::either)
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

/// Samples of a packet of RealAudio 1.0 or 2.0, whose frames have a fixed size in bytes and
/// 160 samples.
fn frames(packet: &[u8], bytes: usize) -> Option<u64> {
    Some((packet.len() / bytes) as u64 * 160).filter(|&samples| samples > 0)
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
