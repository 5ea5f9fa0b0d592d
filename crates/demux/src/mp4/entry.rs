//! The sample description: the codec and its configuration (ISO/IEC 14496-12, 12.2;
//! QuickTime File Format, "Sound Sample Descriptions").

use super::boxes::{Bx, be16, be32, be64, child};
use super::esds;
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
            rate: be32(&bytes, 24) >> 16,
            lpcm_flags: None,
            packet: (version == 1 && bytes.len() >= 44)
                .then(|| (be32(&bytes, 28), be32(&bytes, 36))),
            children: bx.body + if version == 1 { 44 } else { 28 },
        }
    };
    let mut entry = Entry::default();
    entry.describe(&fixed);
    entry.read_children(input, fixed.children, bx.end, 0)?;
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
            (b"ac-3", _) => Some(Codec::Ac3),
            (b"ec-3", _) => Some(Codec::Eac3),
            // The elementary stream descriptor may name another codec.
            (b"mp4a", _) => Some(Codec::Aac),
            _ => None,
        };
        let raw = pcm(fixed);
        if let Some(id) = id.or(raw) {
            self.params.codec = id;
        }
        let block = adpcm(fixed);
        if let Some((id, ..)) = block {
            self.params.codec = id;
        }
        self.is_raw = raw.is_some() || block.is_some();
        if fixed.rate > 0 {
            self.params.sample_rate = Some(fixed.rate);
        }
        let count = u16::try_from(fixed.channels).unwrap_or(u16::MAX);
        self.params.channels = Channels::usual(count);
        let frame = self.params.codec.pcm_bytes() * u64::from(fixed.channels);
        self.block = block.map_or((frame, 1), |(_, bytes, samples)| (bytes, samples));
        if let Some((Codec::AdpcmMs | Codec::AdpcmImaWav, _, samples)) = block {
            self.params.block_samples = Some(samples);
            self.params.max_packet_samples = Some(samples);
        }
    }

    fn read_children(&mut self, input: &mut Input, at: u64, end: u64, depth: u8) -> Result<()> {
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
                b"wave" if depth == 0 => self.read_children(input, bx.body, bx.end, 1)?,
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
            Ok(id) => {
                self.params.codec = id;
            }
            Err(name) => {
                self.params.codec = Codec::Unknown;
                self.codec_name = Some(name);
            }
        }
        if !stream.config.is_empty() {
            self.params.config = stream.config;
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

/// The ADPCM codec of a description, with the bytes and samples of its blocks.
fn adpcm(fixed: &Fixed) -> Option<(Codec, u64, u64)> {
    let channels = u64::from(fixed.channels);
    if &fixed.kind == b"ima4" {
        let bytes = IMA_QT_BLOCK_BYTES as u64 * channels;
        return Some((Codec::AdpcmImaQt, bytes, IMA_QT_BLOCK_SAMPLES));
    }
    let id = match &fixed.kind {
        b"ms\0\x02" => Codec::AdpcmMs,
        b"ms\0\x11" => Codec::AdpcmImaWav,
        _ => return None,
    };
    let (samples, bytes) = fixed.packet?;
    (samples > 1 && bytes > 0).then(|| (id, u64::from(bytes), u64::from(samples)))
}

/// The PCM codec of a description.
fn pcm(fixed: &Fixed) -> Option<Codec> {
    Some(match (&fixed.kind, fixed.bits) {
        (b"raw ", 16) | (b"twos", _) | (b"NONE", 16) => match fixed.bits {
            8 => Codec::PcmS8,
            _ => Codec::PcmS16Be,
        },
        (b"raw " | b"NONE", _) => Codec::PcmU8,
        (b"sowt", 8) => Codec::PcmS8,
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
