//! The codecs of tracks and their configuration ("Matroska Media Container Codec
//! Specifications").

use tonearm_media_core::{Codec, CodecParams};

use super::encoding::Form;
use super::tracks::Entry;
use crate::codec_ids;
use crate::real::AudioHeader;
use crate::riff::wave_format::WaveFormat;

/// Reads the codec of a track from its id, its private data, and its bits per sample.
pub(super) fn configure(entry: &mut Entry, codec: &str, private: &[u8], bits: u64) {
    match codec {
        "A_MS/ACM" => return configure_acm(entry, private),
        "A_WAVPACK4" => entry.encoding.form = Form::wavpack(private),
        _ if codec.starts_with("A_REAL/") && !private.is_empty() => {
            return configure_real(entry, private);
        }
        _ => {}
    }
    let rate = entry.params.sample_rate.unwrap_or(0);
    let channels = entry.params.channel_count().unwrap_or(0);
    let Some((id, config)) = codec_of(codec, private, bits, (rate, channels)) else {
        entry.codec_name = Some(name_of(codec, private));
        return;
    };
    entry.params.codec = id;
    if !id.is_built_in() {
        entry.params.bits_per_coded_sample = u32::try_from(bits).ok().filter(|&bits| bits > 0);
    }
    if !config.is_empty() {
        entry.params.config = config;
    }
}

/// Reads a `WAVEFORMATEX`, as in AVI.
fn configure_acm(entry: &mut Entry, private: &[u8]) {
    let Some(format) = WaveFormat::parse(private) else {
        entry.codec_name = Some("a Windows ACM codec".to_owned());
        return;
    };
    match format.codec() {
        Ok(id) => entry.params = format.params(id),
        Err(name) => entry.codec_name = Some(name),
    }
}

/// Reads the header of RealAudio, as in RealMedia.
fn configure_real(entry: &mut Entry, private: &[u8]) {
    let Some(header) = AudioHeader::parse(private, false) else {
        entry.codec_name = Some("RealAudio".to_owned());
        return;
    };
    match header.codec {
        Ok(_) => {
            entry.params = header.params;
            entry.encoding.form = Form::Real(header.interleaver);
        }
        Err(name) => entry.codec_name = Some(name),
    }
}

/// The codec and its configuration; `format` has the sample rate and the channels.
fn codec_of(
    codec: &str,
    private: &[u8],
    bits: u64,
    format: (u32, usize),
) -> Option<(Codec, Vec<u8>)> {
    let own = || private.to_vec();
    let codec = match (codec, bits) {
        ("A_AAC", _) => return Some((Codec::Aac, own())),
        (old, _) if old.starts_with("A_AAC/") => {
            let config = match private {
                [] => aac_config(old, format).unwrap_or_default(),
                _ => own(),
            };
            return Some((Codec::Aac, config));
        }
        ("A_OPUS" | "A_OPUS/EXPERIMENTAL", _) => return Some((Codec::Opus, own())),
        ("A_VORBIS", _) => return Some((Codec::Vorbis, codec_ids::vorbis_headers(private)?)),
        // "fLaC", the header of the STREAMINFO block, its 34 bytes.
        ("A_FLAC", _) => return Some((Codec::Flac, private.get(8..42)?.to_vec())),
        ("A_ALAC", _) => return Some((Codec::Alac, own())),
        ("A_TTA1", _) => return Some((Codec::Tta, tta_header(bits, format))),
        ("A_WAVPACK4", _) => return Some((Codec::WavPack, own())),
        ("A_QUICKTIME/QDM2", _) => return Some((Codec::Qdm2, own())),
        ("A_QUICKTIME/QDMC", _) => return Some((Codec::Qdmc, own())),
        ("A_QUICKTIME", _) => match private.get(4..8)? {
            b"QDM2" => return Some((Codec::Qdm2, own())),
            b"QDMC" => return Some((Codec::Qdmc, own())),
            _ => return None,
        },
        ("A_MPEG/L3", _) => Codec::Mp3,
        ("A_MPEG/L2", _) => Codec::Mp2,
        ("A_MPEG/L1", _) => Codec::Mp1,
        ("A_EAC3", _) => Codec::Eac3,
        (other, _) if other.starts_with("A_AC3") => Codec::Ac3,
        (other, _) if other.starts_with("A_DTS") => Codec::Dts,
        ("A_TRUEHD", _) => Codec::TrueHd,
        ("A_MLP", _) => Codec::Mlp,
        ("A_REAL/14_4", _) => Codec::RealAudio144,
        ("A_ATRAC/AT1", _) => Codec::Atrac1,
        ("A_PCM/INT/LIT", 8) | ("A_PCM/INT/BIG", 8) => Codec::PcmU8,
        ("A_PCM/INT/LIT", bits) => {
            Codec::signed_pcm(u32::try_from(bits).ok().filter(|bits| *bits > 8)?, true)?
        }
        ("A_PCM/INT/BIG", bits) => {
            Codec::signed_pcm(u32::try_from(bits).ok().filter(|bits| *bits > 8)?, false)?
        }
        ("A_PCM/FLOAT/IEEE", bits) => Codec::float_pcm(u32::try_from(bits).ok()?, true)?,
        _ => return None,
    };
    Some((codec, Vec::new()))
}

/// The AudioSpecificConfig of an old id, such as "A_AAC/MPEG4/LC/SBR" (ISO/IEC 14496-3,
/// 1.6.2.1).
fn aac_config(codec: &str, (rate, channels): (u32, usize)) -> Option<Vec<u8>> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8000, 7350,
    ];
    let object_type: u16 = match codec.split('/').nth(2)? {
        "MAIN" => 1,
        "LC" => 2,
        "SSR" => 3,
        "LTP" => 4,
        _ => return None,
    };
    let rate = u16::try_from(RATES.iter().position(|&known| known == rate)?).ok()?;
    let channels = match u16::try_from(channels).ok()? {
        count @ 1..=6 => count,
        8 => 7,
        _ => return None,
    };
    Some(
        (object_type << 11 | rate << 7 | channels << 3)
            .to_be_bytes()
            .to_vec(),
    )
}

/// The header of a True Audio file ("TTA1 lossless audio format"), without its number of
/// samples and its checksum.
fn tta_header(bits: u64, (rate, channels): (u32, usize)) -> Vec<u8> {
    let mut header = b"TTA1\x01\0".to_vec();
    header.extend(u16::try_from(channels).unwrap_or(0).to_le_bytes());
    header.extend(u16::try_from(bits).unwrap_or(0).to_le_bytes());
    header.extend(rate.to_le_bytes());
    header.extend([0; 8]);
    header
}

/// Where the number of samples is in [`tta_header`].
const TTA_SAMPLES: std::ops::Range<usize> = 14..18;

/// Completes the configuration of a track, which lasts `seconds`.
pub(super) fn set_length(params: &mut CodecParams, seconds: Option<f64>) {
    if params.codec == Codec::Tta
        && let (Some(seconds), Some(field)) = (seconds, params.config.get_mut(TTA_SAMPLES))
    {
        let samples = seconds * f64::from(params.sample_rate.unwrap_or(0));
        field.copy_from_slice(&(samples.round() as u32).to_le_bytes());
    }
}

/// The name of an unsupported codec.
fn name_of(codec: &str, private: &[u8]) -> String {
    match codec {
        _ if codec.starts_with("A_REAL/") => "RealAudio".to_owned(),
        "A_QUICKTIME" => match private.get(4..8).and_then(<[u8]>::first_chunk) {
            Some(&kind) => codec_ids::name_of_fourcc(kind),
            None => "a QuickTime codec".to_owned(),
        },
        _ if codec.starts_with("A_QUICKTIME") => "a QuickTime codec".to_owned(),
        _ => {
            let plain: String = codec
                .chars()
                .filter(|letter| letter.is_ascii_graphic())
                .take(32)
                .collect();
            format!("“{plain}”")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_ids_of_aac_state_the_profile() {
        let config = |id| aac_config(id, (48_000, 2));
        assert_eq!(config("A_AAC/MPEG4/LC"), Some(vec![0x11, 0x90]));
        assert_eq!(config("A_AAC/MPEG2/MAIN"), Some(vec![0x09, 0x90]));
        assert_eq!(config("A_AAC/MPEG4/XYZ"), None);
        assert_eq!(aac_config("A_AAC/MPEG4/LC", (12_345, 2)), None);
    }
}
