//! `WAVEFORMATEX`, the audio format in WAV, AVI and Matroska (Microsoft, mmreg.h).

use tonearm_media_core::{Channels, Codec, CodecParams};

/// A parsed `WAVEFORMATEX`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WaveFormat {
    /// Registered number of the codec.
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Length of the smallest independently decodable unit, in bytes.
    pub(crate) block_align: u16,
    pub(crate) bits: u16,
    /// Speaker positions, one bit each; 0 if unknown.
    pub(crate) mask: u32,
    /// The codec-specific configuration.
    pub(crate) extra: Vec<u8>,
}

/// `WAVE_FORMAT_EXTENSIBLE`: the codec number follows later.
const EXTENSIBLE: u16 = 0xfffe;

impl WaveFormat {
    /// Parses the format; `None` if it is too short.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let le16 = |at: usize| -> Option<u16> {
            Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
        };
        let mut format = Self {
            tag: le16(0)?,
            channels: le16(2)?,
            sample_rate: u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?),
            block_align: le16(12)?,
            // Some AVI files have the older `WAVEFORMAT`, which lacks this field.
            bits: le16(14).unwrap_or(0),
            mask: 0,
            extra: Vec::new(),
        };
        if let Some(size) = le16(16) {
            let rest = bytes.get(18..).unwrap_or_default();
            let size = usize::from(size).min(rest.len());
            format.extra = rest.get(..size).unwrap_or_default().to_vec();
        }
        if format.tag == EXTENSIBLE {
            // Valid bits, speaker mask, and a GUID that begins with the codec number.
            format.tag = le16(24)?;
            format.mask = u32::from_le_bytes(*bytes.get(20..)?.first_chunk()?);
            format.extra = format.extra.get(22..).unwrap_or_default().to_vec();
        }
        Some(format)
    }

    /// The codec, or the name of an unsupported one.
    pub(crate) fn codec(&self) -> Result<Codec, String> {
        Ok(match (self.tag, self.bits) {
            (1, 1..=8) => Codec::PcmU8,
            (1, 9..=16) => Codec::PcmS16Le,
            (1, 17..=24) => Codec::PcmS24Le,
            (1, 25..=32) => Codec::PcmS32Le,
            (3, 32) => Codec::PcmF32Le,
            (3, 64) => Codec::PcmF64Le,
            (6, _) => Codec::PcmAlaw,
            (7, _) => Codec::PcmMulaw,
            (2, _) => Codec::AdpcmMs,
            (0x11, _) => Codec::AdpcmImaWav,
            (0x50, _) => Codec::Mp2,
            (0x55, _) => Codec::Mp3,
            (0xff | 0x706d | 0x4143 | 0xa106, _) => Codec::Aac,
            (0x1600, _) => Codec::Aac,
            (0x2000, _) => Codec::Ac3,
            (0xf1ac, _) => Codec::Flac,
            (tag, _) => return Err(name_of(tag)),
        })
    }

    /// Whether AAC is in ADTS frames.
    pub(crate) fn is_adts(&self) -> bool {
        self.tag == 0x1600 || matches!(self.tag, 0xff | 0x706d) && self.extra.len() < 2
    }

    /// Samples per channel in a block of `block_align` bytes; `None` if that varies.
    pub(crate) fn block_samples(&self) -> Option<u64> {
        let channels = u64::from(self.channels.max(1));
        let block = u64::from(self.block_align);
        let codec = self.codec().ok()?;
        let bytes = codec.pcm_bytes();
        if bytes > 0 {
            return (block == bytes * channels).then_some(1);
        }
        let header = match codec {
            Codec::AdpcmMs => 7 * channels,
            Codec::AdpcmImaWav => 4 * channels,
            _ => return None,
        };
        let nibbles = block.checked_sub(header)? * 2 / channels;
        // The block header has one or two samples.
        Some(nibbles + if codec == Codec::AdpcmMs { 2 } else { 1 })
    }

    /// The parameters for the decoder.
    pub(crate) fn params(&self, codec: Codec) -> CodecParams {
        let mut params = CodecParams {
            channels: Channels::from_wave_mask(self.mask, self.channels),
            config: self.extra.clone(),
            ..CodecParams::new(codec, self.sample_rate)
        };
        if let Some(samples @ 2..) = self.block_samples() {
            params.block_samples = Some(samples);
            params.max_packet_samples = Some(samples);
        }
        params
    }
}

fn name_of(tag: u16) -> String {
    let known = match tag {
        0x0a | 0x160..=0x163 => "WMA",
        0x16..=0x19 | 0x14 | 0x20 | 0x200 => "ADPCM",
        0x31 | 0x32 => "GSM",
        0x22 => "TrueSpeech",
        0x42 | 0x111 | 0x123 => "a G.723 speech codec",
        0x45 | 0x64 => "G.726",
        0x2001 => "DTS",
        0x566f | 0x6750 | 0x674f..=0x6771 => "Vorbis in AVI",
        0x75 => "VoxWare",
        0x130 => "ACELP",
        0x270 => "ATRAC3",
        0x402 | 0x401 => "Intel Music Coder",
        0xa109 => "Speex",
        _ => return format!("Windows codec {tag:#06x}"),
    };
    known.to_owned()
}
