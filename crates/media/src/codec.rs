//! Codecs by the numbers and letters that containers give them.

use ::symphonia::core::codecs::audio::AudioCodecId;
use ::symphonia::core::codecs::audio::well_known::*;

/// A codec's usual name.
pub(crate) fn name_of(id: AudioCodecId) -> Option<&'static str> {
    Some(match id {
        CODEC_ID_AAC => "AAC",
        CODEC_ID_MP1 => "MPEG layer 1",
        CODEC_ID_MP2 => "MP2",
        CODEC_ID_MP3 => "MP3",
        CODEC_ID_VORBIS => "Vorbis",
        CODEC_ID_OPUS => "Opus",
        CODEC_ID_FLAC => "FLAC",
        CODEC_ID_ALAC => "ALAC",
        CODEC_ID_AC3 => "AC-3 (Dolby Digital)",
        CODEC_ID_EAC3 => "E-AC-3 (Dolby Digital Plus)",
        CODEC_ID_AC4 => "AC-4",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_TRUEHD => "Dolby TrueHD",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_WMA => "WMA",
        CODEC_ID_WAVPACK => "WavPack",
        CODEC_ID_TTA => "True Audio",
        CODEC_ID_ADPCM_MS | CODEC_ID_ADPCM_IMA_WAV | CODEC_ID_ADPCM_IMA_QT => "ADPCM",
        _ if pcm_bytes(id) > 0 => "PCM",
        _ => return None,
    })
}

/// Name of the codec with these four characters (QuickTime, MP4RA), or the
/// characters themselves.
pub(crate) fn name_of_four(kind: [u8; 4]) -> String {
    let known = match &kind {
        b"ac-4" => "AC-4",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" => "DTS",
        b"mlpa" => "Dolby TrueHD",
        b"samr" | b"sawb" => "AMR",
        b"sevc" | b"sqcp" => "a speech codec of early phones",
        b"enca" | b"drms" | b"aavd" => "a copy-protected stream",
        b"MAC3" | b"MAC6" => "MACE",
        b"QDMC" | b"QDM2" => "QDesign Music",
        b"Qclp" => "Qualcomm PureVoice",
        b"agsm" => "GSM",
        b"ipcm" | b"fpcm" => "MPEG-4 PCM",
        b"mha1" | b"mhm1" => "MPEG-H 3D Audio",
        b"wma " => "WMA",
        _ => {
            let is_plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
            return if kind.iter().all(is_plain) {
                format!("“{}”", String::from_utf8_lossy(&kind).trim())
            } else {
                "an unknown codec".to_owned()
            };
        }
    };
    known.to_owned()
}

/// The codec with this MPEG-4 object type, or its name.
pub(crate) fn from_object_type(object_type: u8) -> Result<AudioCodecId, String> {
    Ok(match object_type {
        0x40 | 0x66..=0x68 => CODEC_ID_AAC,
        // The frame header tells layer 2 from layer 3.
        0x69 | 0x6b => CODEC_ID_MP3,
        0xdd => CODEC_ID_VORBIS,
        0xad => CODEC_ID_OPUS,
        0xa5 => CODEC_ID_AC3,
        0xa6 => CODEC_ID_EAC3,
        0xa9..=0xac => return Err("DTS".to_owned()),
        0xe1 => return Err(name_of_four(*b"Qclp")),
        other => return Err(format!("MPEG-4 object type {other:#04x}")),
    })
}

/// Bytes of one sample of one channel of an uncompressed codec, else 0.
pub(crate) fn pcm_bytes(id: AudioCodecId) -> u64 {
    match id {
        CODEC_ID_PCM_S8 | CODEC_ID_PCM_U8 | CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW => 1,
        CODEC_ID_PCM_S16LE | CODEC_ID_PCM_S16BE | CODEC_ID_PCM_U16LE | CODEC_ID_PCM_U16BE => 2,
        CODEC_ID_PCM_S24LE | CODEC_ID_PCM_S24BE | CODEC_ID_PCM_U24LE | CODEC_ID_PCM_U24BE => 3,
        CODEC_ID_PCM_S32LE | CODEC_ID_PCM_S32BE | CODEC_ID_PCM_U32LE | CODEC_ID_PCM_U32BE => 4,
        CODEC_ID_PCM_F32LE | CODEC_ID_PCM_F32BE => 4,
        CODEC_ID_PCM_F64LE | CODEC_ID_PCM_F64BE => 8,
        _ => 0,
    }
}

/// The `OpusHead` of RFC 7845, 5.1, from MP4's `dOps`, which holds the same
/// fields big-endian and without the magic.
pub(crate) fn opus_head_from_mp4(dops: &[u8]) -> Option<Vec<u8>> {
    let &[_version, channels, p0, p1, r0, r1, r2, r3, g0, g1, family] = dops.first_chunk()?;
    let mut head = b"OpusHead\x01".to_vec();
    head.extend([channels, p1, p0, r3, r2, r1, r0, g1, g0, family]);
    head.extend_from_slice(dops.get(11..).unwrap_or_default());
    Some(head)
}
