//! `WAVEFORMATEX`, the audio format in WAV, AVI, ASF and Matroska (Microsoft, mmreg.h).

use tonearm_media_core::{Channels, Codec, CodecParams};

use super::wave_tags::{self, SubFormat};

/// A parsed `WAVEFORMATEX`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WaveFormat {
    /// Registered number of the codec; 0 if unknown.
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Average bytes per second.
    pub(crate) byte_rate: u32,
    /// Length of the smallest independently decodable unit, in bytes.
    pub(crate) block_align: u16,
    pub(crate) bits: u16,
    /// Speaker positions, one bit each; 0 if unknown.
    pub(crate) mask: u32,
    /// The codec-specific configuration.
    pub(crate) extra: Vec<u8>,
    /// The codec, if the format names it without a number.
    sub_format: Option<Codec>,
    is_extensible: bool,
}

/// `WAVE_FORMAT_EXTENSIBLE`: the codec number follows later.
const EXTENSIBLE: u16 = 0xfffe;
/// Bytes of the fields of `WAVE_FORMAT_EXTENSIBLE` before the configuration.
const EXTENSION: usize = 22;
/// Bytes of `HEAACWAVEINFO` before the AudioSpecificConfig.
const HE_AAC_INFO: usize = 12;
/// Bytes of an XMA packet.
const XMA_PACKET: u32 = 2048;

impl WaveFormat {
    /// Parses the format; `None` if it is too short.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let le16 = |at: usize| -> Option<u16> {
            Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
        };
        let le32 = |at: usize| -> Option<u32> {
            Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
        };
        let mut format = Self {
            tag: le16(0)?,
            channels: le16(2)?,
            sample_rate: le32(4)?,
            byte_rate: le32(8)?,
            block_align: le16(12)?,
            // Some AVI files have the older `WAVEFORMAT`, which lacks this field.
            bits: le16(14).unwrap_or(0),
            ..Self::default()
        };
        if let Some(size) = le16(16) {
            let rest = bytes.get(18..).unwrap_or_default();
            let size = usize::from(size).min(rest.len());
            format.extra = rest.get(..size).unwrap_or_default().to_vec();
        }
        if format.tag == EXTENSIBLE {
            // Valid bits, speaker mask, and a GUID.
            format.is_extensible = true;
            format.mask = le32(20)?;
            match bytes.get(24..)?.first_chunk().map(wave_tags::sub_format) {
                Some(SubFormat::Tag(tag)) => format.tag = tag,
                Some(SubFormat::Codec(codec)) => (format.tag, format.sub_format) = (0, Some(codec)),
                // Some writers end the chunk after the number.
                None => format.tag = le16(24)?,
            }
            format.extra = format.extra.get(EXTENSION..).unwrap_or_default().to_vec();
        }
        Some(format)
    }

    /// The codec, or the name of an unsupported one.
    pub(crate) fn codec(&self) -> Result<Codec, String> {
        if let Some(codec) = self.sub_format {
            return Ok(codec);
        }
        Ok(match (self.tag, self.bits) {
            (1, 1..=8) => Codec::PcmU8,
            (1, 9..=16) => Codec::PcmS16Le,
            // Two formats of Cool Edit: float in units of the integer format.
            (1, 24) if self.has_four_byte_samples() => Codec::PcmF24Le,
            (1, 32) if self.has_four_byte_samples() && self.extra == [1, 0] => Codec::PcmF16Le,
            (1, 17..=24) => Codec::PcmS24Le,
            (1, 25..=32) => Codec::PcmS32Le,
            (1, 33..=64) => Codec::PcmS64Le,
            (3, 32) => Codec::PcmF32Le,
            (3, 64) => Codec::PcmF64Le,
            (tag, _) => return wave_tags::codec(tag),
        })
    }

    /// Whether a sample has more room than its stated bits, in a format that does not
    /// state the room as `WAVE_FORMAT_EXTENSIBLE` does.
    fn has_four_byte_samples(&self) -> bool {
        !self.is_extensible && u32::from(self.block_align) == u32::from(self.channels) * 4
    }

    /// Whether the samples may be coded audio that is declared as PCM.
    pub(crate) fn may_be_coded(&self) -> bool {
        self.tag == wave_tags::AC3_SPDIF || self.codec() == Ok(Codec::PcmS16Le)
    }

    /// Samples that the decoder yields before the first sample of the source.
    pub(crate) fn delay(&self) -> u64 {
        let rate = self.sample_rate;
        match self.codec() {
            Ok(Codec::Xma1 | Codec::Xma2) => 64,
            // Two frames, whose length depends on the sample rate.
            Ok(Codec::Wma1 | Codec::Wma2) if rate <= 16_000 => 2 * 512,
            Ok(Codec::Wma1) if rate <= 32_000 => 2 * 1024,
            Ok(Codec::Wma2) if rate <= 22_050 => 2 * 1024,
            Ok(Codec::Wma1 | Codec::Wma2) => 2 * 2048,
            _ => 0,
        }
    }

    /// Whether AAC is in ADTS frames.
    pub(crate) fn is_adts(&self) -> bool {
        match self.tag {
            wave_tags::ADTS => true,
            wave_tags::HE_AAC => self.extra.first() == Some(&1),
            0xff | 0x706d => self.extra.len() < 2,
            _ => false,
        }
    }

    /// Whether AAC is in LATM within LOAS.
    pub(crate) fn is_latm(&self) -> bool {
        self.tag == wave_tags::LATM
            || self.tag == wave_tags::HE_AAC && self.extra.first() == Some(&3)
    }

    /// Bits of a codeword of G.726: 2 to 5.
    fn g726_bits(&self) -> u16 {
        let bits = (u64::from(self.byte_rate) * 8).checked_div(u64::from(self.sample_rate));
        let bits = bits.and_then(|bits| u16::try_from(bits).ok());
        bits.filter(|bits| (2..=5).contains(bits)).unwrap_or(4)
    }

    /// Bytes of the smallest unit that can be decoded, and its samples per channel; `None`
    /// if the latter vary.
    pub(crate) fn block(&self) -> Option<(u32, u64)> {
        let channels = u64::from(self.channels.max(1));
        let align = u32::from(self.block_align);
        let codec = self.codec().ok()?;
        let bytes = codec.pcm_bytes();
        if bytes > 0 {
            let frame = bytes * channels;
            return Some((u32::try_from(frame).ok()?, 1));
        }
        // Samples of four bits after a header for each channel.
        let nibbles = |header: u64, in_header: u64| {
            let rest = u64::from(align).checked_sub(header * channels)?;
            Some((align, rest * 2 / channels + in_header)).filter(|block| block.1 > 0)
        };
        let fixed = |bytes: u32, samples: u64| {
            // A block of WAVE may contain several frames.
            let count = (align / bytes).max(1);
            Some((count * bytes, u64::from(count) * samples))
        };
        match codec {
            Codec::AdpcmMs => nibbles(7, 2),
            Codec::AdpcmImaWav | Codec::AdpcmImaDk4 => nibbles(4, 1),
            Codec::AdpcmYamaha | Codec::AdpcmCt => nibbles(0, 0),
            Codec::AdpcmImaDk3 => {
                // Three nibbles are two samples of two channels.
                let rest = u64::from(align).checked_sub(16)?;
                Some((align, rest * 2 / 3 * 4 / channels)).filter(|block| block.1 > 0)
            }
            Codec::GsmMs => fixed(65, 320),
            Codec::G722 => Some((1, 2)),
            // Codewords fill bytes only in groups of eight.
            Codec::G726 => Some((u32::from(self.g726_bits()), 8)),
            Codec::G729 => fixed(10, 80),
            Codec::G7231 => fixed(if align == 20 { 20 } else { 24 }, 240),
            Codec::Atrac3 => Some((align, 1024)),
            Codec::Atrac3Plus => Some((align, 2048)),
            _ => None,
        }
        .filter(|block| block.0 > 0)
    }

    /// Bytes of a block as the decoder needs it.
    fn block_bytes(&self, codec: Codec) -> u32 {
        match codec {
            // Writers state the size of a decoded sample.
            Codec::Xma1 | Codec::Xma2 => XMA_PACKET,
            Codec::GsmMs => 65,
            _ => u32::from(self.block_align),
        }
    }

    /// How WAV divides the data into packets: bytes, and samples per channel or 0 if those
    /// vary. `None` where the codec's own frames must be found.
    pub(crate) fn packet(&self) -> Option<(u32, u64)> {
        let codec = self.codec().ok()?;
        match codec {
            Codec::WmaVoice
            | Codec::Wma1
            | Codec::Wma2
            | Codec::WmaPro
            | Codec::WmaLossless
            | Codec::Xma1
            | Codec::Xma2
            | Codec::Sipr
            | Codec::Speex
            | Codec::Qcelp
            | Codec::AdpcmSwf => Some((self.block_bytes(codec), 0)).filter(|block| block.0 > 1),
            _ => self.block(),
        }
    }

    /// The parameters for the decoder.
    pub(crate) fn params(&self, codec: Codec) -> CodecParams {
        let mut params = CodecParams {
            channels: Channels::from_wave_mask(self.mask, self.channels),
            config: match self.tag {
                wave_tags::HE_AAC => self.extra.get(HE_AAC_INFO..).unwrap_or_default().to_vec(),
                _ => self.extra.clone(),
            },
            ..CodecParams::new(codec, self.sample_rate)
        };
        if !codec.is_built_in() {
            let bits = match codec {
                Codec::G726 => self.g726_bits(),
                _ => self.bits,
            };
            params.bits_per_coded_sample = Some(u32::from(bits)).filter(|&bits| bits > 0);
        }
        params.tag = Some(u32::from(self.tag));
        params.block_bytes = Some(self.block_bytes(codec)).filter(|&bytes| bytes > 0);
        let bit_rate = self.byte_rate.checked_mul(8);
        params.bit_rate = bit_rate.filter(|&rate| rate > 0);
        if let Some((_, samples @ 2..)) = self.block() {
            params.block_samples = Some(samples);
            params.max_packet_samples = Some(samples);
        }
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The format of a file: number, channels, block size, bits, and the extension.
    fn format(tag: u16, channels: u16, align: u16, bits: u16, extra: &[u8]) -> WaveFormat {
        let mut bytes = Vec::new();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(48_000u32.to_le_bytes());
        bytes.extend(24_000u32.to_le_bytes());
        bytes.extend(align.to_le_bytes());
        bytes.extend(bits.to_le_bytes());
        bytes.extend((extra.len() as u16).to_le_bytes());
        bytes.extend(extra);
        WaveFormat::parse(&bytes).unwrap()
    }

    /// Valid bits, speaker mask and GUID.
    fn extension(valid: u8, guid: [u8; 16]) -> Vec<u8> {
        let mut bytes = vec![valid, 0, 4, 0, 0, 0];
        bytes.extend(guid);
        bytes
    }

    fn numbered(tag: u8) -> [u8; 16] {
        [
            tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ]
    }

    #[test]
    fn the_room_of_a_sample_determines_the_pcm_format() {
        for (expected, format) in [
            (Codec::PcmS16Le, format(1, 1, 2, 12, &[])),
            (Codec::PcmS24Le, format(1, 2, 6, 20, &[])),
            (Codec::PcmF24Le, format(1, 2, 8, 24, &[])),
            (Codec::PcmF16Le, format(1, 1, 4, 32, &[1, 0])),
            (Codec::PcmS32Le, format(1, 1, 4, 32, &[])),
            // 24 bits in the upper part of integers of 32.
            (
                Codec::PcmS32Le,
                format(0xfffe, 1, 4, 32, &extension(24, numbered(1))),
            ),
            (
                Codec::PcmF32Le,
                format(0xfffe, 1, 4, 32, &extension(32, numbered(3))),
            ),
        ] {
            assert_eq!(format.codec(), Ok(expected), "{format:?}");
            let channels = u32::from(format.channels);
            let frame = expected.pcm_bytes() as u32 * channels;
            assert_eq!(format.block(), Some((frame, 1)));
        }
    }

    #[test]
    fn a_guid_without_a_number_names_a_codec_or_none() {
        let atrac = [
            0xbf, 0xaa, 0x23, 0xe9, 0x58, 0xcb, 0x71, 0x44, 0xa1, 0x19, 0xff, 0xfa, 0x01, 0xe4,
            0xce, 0x62,
        ];
        let mut extra = extension(0, atrac);
        extra.extend([1, 2, 3]);
        let atrac = format(0xfffe, 2, 1488, 0, &extra);
        assert_eq!(atrac.codec(), Ok(Codec::Atrac3Plus));
        assert_eq!(atrac.packet(), Some((1488, 2048)));
        let params = atrac.params(Codec::Atrac3Plus);
        assert_eq!(
            (params.config.as_slice(), params.block_bytes),
            (&[1, 2, 3][..], Some(1488))
        );
        let unknown = format(0xfffe, 2, 4, 16, &extension(16, [1; 16]));
        assert!(unknown.codec().is_err());
    }

    #[test]
    fn g726_is_divided_where_its_codewords_fill_bytes() {
        let format = WaveFormat {
            tag: 0x45,
            channels: 1,
            sample_rate: 8000,
            byte_rate: 3000,
            block_align: 1,
            ..WaveFormat::default()
        };
        assert_eq!(format.packet(), Some((3, 8)));
        let params = format.params(Codec::G726);
        assert_eq!(params.bits_per_coded_sample, Some(3));
        assert_eq!(params.bit_rate, Some(24_000));
    }

    #[test]
    fn invalid_block_sizes_yield_no_blocks() {
        for tag in 0..0x300 {
            for align in [0, 1, 3, 16, u16::MAX] {
                let block = format(tag, 255, align, 4, &[]).packet();
                assert!(block.is_none_or(|(bytes, _)| bytes > 0), "{tag} {align}");
            }
        }
    }
}
