//! The sample description: the codec and its configuration (ISO/IEC 14496-12, 12.2;
//! QuickTime File Format, "Sound Sample Descriptions").

use super::boxes::{Bx, be16, be32, be64, child};
use super::esds::{self, AudioConfig};
use tonearm_media_core::{
    Channels, Codec, CodecParams, IMA_QT_BLOCK_BYTES, IMA_QT_BLOCK_SAMPLES, Input, Result,
};

use crate::codec_ids;

/// The format of a track's samples.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) params: CodecParams,
    /// The name of an unsupported codec.
    pub(super) codec_name: Option<String>,
    /// PCM or ADPCM, whose samples are too small to read one by one.
    pub(super) is_raw: bool,
    /// Size in bytes of a block of all channels, and its samples per channel: one for PCM,
    /// more for ADPCM.
    pub(super) block: (u64, u64),
}

/// Maximum length of a child box, in bytes; codec configurations take a few KiB.
const MAX_ENTRY: u64 = 64 << 10;

/// The fixed fields of a sound description, in any of its three versions.
struct Fixed {
    kind: [u8; 4],
    channels: u32,
    bits: u32,
    rate: u32,
    /// QuickTime version 2: the flags of linear PCM.
    lpcm_flags: Option<u32>,
    /// QuickTime version 1: samples, and bytes over all channels, of a packet.
    packet: Option<(u32, u32)>,
    children: u64,
}

/// Reads the first entry of an `stsd` box.
pub(super) fn read(input: &mut Input, stsd: Bx) -> Result<Entry> {
    let Some(bx) = child(input, stsd.body + 8, stsd.end)? else {
        return Ok(Entry::default());
    };
    let mut bytes = Vec::new();
    input.set_pos(bx.body);
    input.fill_vec(&mut bytes, bx.len().min(64))?;
    let version = be16(&bytes, 8);
    let is_quicktime_2 = version == 2 && bytes.len() >= 64;
    let fixed = if is_quicktime_2 {
        Fixed {
            kind: bx.kind,
            channels: be32(&bytes, 40),
            bits: be32(&bytes, 48),
            rate: f64::from_bits(be64(&bytes, 32)) as u32,
            lpcm_flags: Some(be32(&bytes, 52)),
            packet: None,
            children: bx.body + 64,
        }
    } else {
        Fixed {
            kind: bx.kind,
            channels: u32::from(be16(&bytes, 16)),
            bits: u32::from(be16(&bytes, 18)),
            // TrueHD has an integer here instead of a fixed-point number.
            rate: match (be32(&bytes, 24), &bx.kind) {
                (rate @ 1..0x1_0000, b"mlpa") => rate,
                (rate, _) => rate >> 16,
            },
            lpcm_flags: None,
            packet: (version == 1 && bytes.len() >= 44)
                .then(|| (be32(&bytes, 28), be32(&bytes, 36))),
            children: bx.body + if version == 1 { 44 } else { 28 },
        }
    };
    let mut entry = Entry::default();
    entry.describe(&fixed);
    entry.read_children(input, &fixed, fixed.children, bx.end, 0)?;
    // The original format is recorded, but the samples are encrypted.
    if matches!(&bx.kind, b"enca" | b"drms" | b"aavd") {
        entry.params.codec = Codec::Unknown;
    }
    if entry.params.codec == Codec::Unknown && entry.codec_name.is_none() {
        entry.codec_name = Some(codec_ids::name_of_fourcc(bx.kind));
    }
    Ok(entry)
}

impl Entry {
    /// Evaluates the fixed fields.
    fn describe(&mut self, fixed: &Fixed) {
        let id = match (&fixed.kind, fixed.bits) {
            (b".mp3" | b"mp3 " | b"ms\0\x55", _) => Some(Codec::Mp3),
            (b".mp1" | b".mp2" | b"ms\0\x50", _) => Some(Codec::Mp2),
            (b"alac", _) => Some(Codec::Alac),
            (b"fLaC", _) => Some(Codec::Flac),
            (b"Opus", _) => Some(Codec::Opus),
            (b"ac-3" | b"sac3", _) => Some(Codec::Ac3),
            (b"ec-3", _) => Some(Codec::Eac3),
            (b"ac-4", _) => Some(Codec::Ac4),
            (b"dtsc" | b"dtsh" | b"dtsl" | b"dtse", _) => Some(Codec::Dts),
            (b"mlpa", _) => Some(Codec::TrueHd),
            (b"samr", _) => Some(Codec::AmrNb),
            (b"sawb", _) => Some(Codec::AmrWb),
            (b"sqcp" | b"Qclp", _) => Some(Codec::Qcelp),
            (b"sevc", _) => Some(Codec::Evrc),
            (b"QDM2", _) => Some(Codec::Qdm2),
            (b"QDMC", _) => Some(Codec::Qdmc),
            (b"nmos", _) => Some(Codec::Nellymoser),
            (b"mha1" | b"mha2" | b"mhm1" | b"mhm2", _) => Some(Codec::MpegH),
            (b"apac", _) => Some(Codec::Apac),
            // The elementary stream descriptor may name another codec.
            (b"mp4a", _) => Some(Codec::Aac),
            _ => None,
        };
        let raw = pcm(fixed);
        if let Some(id) = id.or(raw) {
            self.params.codec = id;
        }
        let block = blocks(fixed);
        if let Some((id, ..)) = block {
            self.params.codec = id;
        }
        self.is_raw = raw.is_some() || block.is_some();
        self.params.tag = Some(u32::from_le_bytes(fixed.kind));
        // AMR has one rate and one channel, whatever the description states (3GPP TS 26.244,
        // 6.5).
        let (rate, count) = match self.params.codec {
            Codec::AmrNb => (8000, 1),
            Codec::AmrWb => (16_000, 1),
            _ => (fixed.rate, fixed.channels),
        };
        if rate > 0 {
            self.params.sample_rate = Some(rate);
        }
        self.params.channels = Channels::usual(u16::try_from(count).unwrap_or(u16::MAX));
        let frame = self.params.codec.pcm_bytes() * u64::from(fixed.channels);
        self.block = block.map_or((frame, 1), |(_, bytes, samples)| (bytes, samples));
        if let Some((codec, bytes, samples)) = block {
            self.params.block_bytes = u32::try_from(bytes).ok();
            if matches!(codec, Codec::AdpcmMs | Codec::AdpcmImaWav) {
                self.params.block_samples = Some(samples);
                self.params.max_packet_samples = Some(samples);
            }
        }
    }

    /// Reads the configuration of `ipcm` and `fpcm` (ISO/IEC 23003-5, 2.3).
    fn configure_pcm(&mut self, bytes: &[u8], kind: [u8; 4], channels: u32) {
        let &[_, _, _, _, flags, bits, ..] = bytes else {
            return;
        };
        let is_little_endian = flags & 1 == 1;
        let codec = match &kind {
            b"ipcm" => Codec::signed_pcm(bits.into(), is_little_endian),
            b"fpcm" => Codec::float_pcm(bits.into(), is_little_endian),
            _ => return,
        };
        if let Some(codec) = codec {
            self.params.codec = codec;
            self.is_raw = true;
            self.block = (codec.pcm_bytes() * u64::from(channels), 1);
        }
    }

    fn read_children(
        &mut self,
        input: &mut Input,
        fixed: &Fixed,
        at: u64,
        end: u64,
        depth: u8,
    ) -> Result<()> {
        let mut at = at;
        let mut bytes = Vec::new();
        while let Some(bx) = child(input, at, end)? {
            at = bx.end;
            if bx.len() > MAX_ENTRY {
                continue;
            }
            input.set_pos(bx.body);
            input.fill_vec(&mut bytes, bx.len())?;
            match &bx.kind {
                b"esds" => self.elementary(bytes.get(4..).unwrap_or_default()),
                b"alac" if bytes.len() >= 28 => {
                    // Skip version and flags, which it has within `wave` as well.
                    self.params.config = bytes[4..].into();
                }
                b"dOps" => {
                    if let Some(head) = codec_ids::opus_head_from_mp4(&bytes) {
                        self.params.config = head;
                    }
                }
                // Version and flags, header of the STREAMINFO block, its 34 bytes.
                b"dfLa" if bytes.len() >= 42 => {
                    self.params.config = bytes[8..42].into();
                }
                b"enda" if be16(&bytes, 0) == 1 => self.swap_to_little_endian(),
                b"pcmC" => self.configure_pcm(&bytes, fixed.kind, fixed.channels),
                b"wave" if depth == 0 => {
                    // QDesign's decoders read all of it.
                    if matches!(self.params.codec, Codec::Qdm2 | Codec::Qdmc) {
                        self.params.config.clone_from(&bytes);
                    }
                    self.read_children(input, fixed, bx.body, bx.end, 1)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads an MPEG-4 elementary stream descriptor, which names the codec of `mp4a`.
    fn elementary(&mut self, bytes: &[u8]) {
        let Some(stream) = esds::parse(bytes) else {
            return;
        };
        match codec_ids::from_object_type(stream.object_type) {
            Ok(id) => self.params.codec = id,
            Err(name) => {
                self.params.codec = Codec::Unknown;
                self.codec_name = Some(name);
            }
        }
        if stream.config.is_empty() {
            return;
        }
        match self.params.codec {
            Codec::Aac => self.audio_specific(&stream.config),
            Codec::Vorbis => {
                if let Some(headers) = codec_ids::vorbis_headers(&stream.config) {
                    self.params.config = headers;
                    return;
                }
            }
            _ => {}
        }
        self.params.config = stream.config;
    }

    /// Reads an AudioSpecificConfig: its object type may name another codec, and its rate and
    /// channels take precedence over those of the description.
    fn audio_specific(&mut self, config: &[u8]) {
        let Some(config) = AudioConfig::parse(config) else {
            return;
        };
        match config.object_type {
            // Layers 1 to 3 of MPEG audio.
            32..=34 => self.params.codec = Codec::Mp3,
            36 => self.params.codec = Codec::Als,
            42 => {
                self.params.codec = Codec::Unknown;
                self.codec_name = Some("xHE-AAC (USAC)".to_owned());
            }
            _ => {}
        }
        if config.sample_rate > 0 {
            self.params.sample_rate = Some(config.sample_rate);
        }
        if let Some(channels) = config.channels {
            self.params.channels = Channels::usual(channels);
        }
    }

    fn swap_to_little_endian(&mut self) {
        let swapped = match self.params.codec {
            Codec::PcmS24Be => Codec::PcmS24Le,
            Codec::PcmS32Be => Codec::PcmS32Le,
            Codec::PcmF32Be => Codec::PcmF32Le,
            Codec::PcmF64Be => Codec::PcmF64Le,
            Codec::PcmS16Be => Codec::PcmS16Le,
            other => other,
        };
        self.params.codec = swapped;
    }
}

/// The codec of a description whose samples are in blocks of a constant size, and the bytes
/// and samples of a block.
fn blocks(fixed: &Fixed) -> Option<(Codec, u64, u64)> {
    let channels = u64::from(fixed.channels);
    let stated = fixed
        .packet
        .map(|(samples, bytes)| (u64::from(bytes), u64::from(samples)))
        .filter(|&(bytes, samples)| samples > 1 && bytes > 0);
    let (codec, usual) = match &fixed.kind {
        b"ima4" => {
            let bytes = IMA_QT_BLOCK_BYTES as u64 * channels;
            return Some((Codec::AdpcmImaQt, bytes, IMA_QT_BLOCK_SAMPLES));
        }
        // Six samples in two bytes, or in one.
        b"MAC3" => return Some((Codec::Mace3, 2 * channels, 6)),
        b"MAC6" => return Some((Codec::Mace6, channels, 6)),
        b"agsm" => (Codec::Gsm, Some((33, 160))),
        b"ms\0\x31" => (Codec::GsmMs, Some((65, 320))),
        b"ms\0\x02" => (Codec::AdpcmMs, None),
        b"ms\0\x11" => (Codec::AdpcmImaWav, None),
        b"ms\0\x61" => (Codec::AdpcmImaDk4, None),
        b"ms\0\x62" => (Codec::AdpcmImaDk3, None),
        b"QDM2" => (Codec::Qdm2, None),
        b"QDMC" => (Codec::Qdmc, None),
        _ => return None,
    };
    let (bytes, samples) = stated.or(usual)?;
    Some((codec, bytes, samples))
}

/// The PCM codec of a description.
fn pcm(fixed: &Fixed) -> Option<Codec> {
    Some(match (&fixed.kind, fixed.bits) {
        (b"raw ", 16) | (b"twos", _) | (b"NONE", 16) => match fixed.bits {
            8 => Codec::PcmS8,
            24 => Codec::PcmS24Be,
            32 => Codec::PcmS32Be,
            _ => Codec::PcmS16Be,
        },
        (b"raw " | b"NONE", _) => Codec::PcmU8,
        (b"sowt", 8) => Codec::PcmS8,
        (b"sowt", 24) => Codec::PcmS24Le,
        (b"sowt", 32) => Codec::PcmS32Le,
        (b"sowt", _) => Codec::PcmS16Le,
        (b"in24", _) => Codec::PcmS24Be,
        (b"in32", _) => Codec::PcmS32Be,
        (b"fl32", _) => Codec::PcmF32Be,
        (b"fl64", _) => Codec::PcmF64Be,
        (b"ulaw", _) => Codec::PcmMulaw,
        (b"alaw", _) => Codec::PcmAlaw,
        (b"lpcm", bits) => {
            // Flags: 1 float, 2 big-endian, 4 signed.
            let flags = fixed.lpcm_flags.unwrap_or(0);
            match (flags & 1 == 1, flags & 2 == 2, bits) {
                (true, true, 32) => Codec::PcmF32Be,
                (true, false, 32) => Codec::PcmF32Le,
                (true, true, 64) => Codec::PcmF64Be,
                (true, false, 64) => Codec::PcmF64Le,
                (false, _, 8) if flags & 4 == 0 => Codec::PcmU8,
                (false, _, 8) => Codec::PcmS8,
                (false, true, 16) => Codec::PcmS16Be,
                (false, false, 16) => Codec::PcmS16Le,
                (false, true, 24) => Codec::PcmS24Be,
                (false, false, 24) => Codec::PcmS24Le,
                (false, true, 32) => Codec::PcmS32Be,
                (false, false, 32) => Codec::PcmS32Le,
                _ => return None,
            }
        }
        _ => return None,
    })
}
