//! Maps the codec identifiers of containers to codecs and names.

use tonearm_media_core::Codec;

/// The name of the codec with this four-character code (QuickTime, MP4RA), or the code
/// itself.
pub(crate) fn name_of_fourcc(kind: [u8; 4]) -> String {
    let known = match &kind {
        b"ac-4" => "AC-4",
        b"dtsx" => "DTS:X",
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
pub(crate) fn from_object_type(object_type: u8) -> Result<Codec, String> {
    Ok(match object_type {
        0x40 | 0x66..=0x68 => Codec::Aac,
        // The frame header distinguishes layer 2 from layer 3.
        0x69 | 0x6b => Codec::Mp3,
        0xdd => Codec::Vorbis,
        0xad => Codec::Opus,
        0xa5 => Codec::Ac3,
        0xa6 => Codec::Eac3,
        0xa9..=0xac => Codec::Dts,
        0xa0 => Codec::Evrc,
        0xe1 => Codec::Qcelp,
        other => return Err(format!("MPEG-4 object type {other:#04x}")),
    })
}

/// Converts MP4's `dOps` to `OpusHead` (RFC 7845, 5.1): `dOps` has the same fields, but
/// big-endian and without the magic signature.
pub(crate) fn opus_head_from_mp4(dops: &[u8]) -> Option<Vec<u8>> {
    let &[_version, channels, p0, p1, r0, r1, r2, r3, g0, g1, family] = dops.first_chunk()?;
    let mut head = b"OpusHead\x01".to_vec();
    head.extend([channels, p1, p0, r3, r2, r1, r0, g1, g0, family]);
    head.extend_from_slice(dops.get(11..).unwrap_or_default());
    Some(head)
}

/// Identification and setup header, which symphonia's decoder expects, from the three laced
/// headers.
pub(crate) fn vorbis_headers(private: &[u8]) -> Option<Vec<u8>> {
    let (&[2], mut rest) = private.split_first_chunk()? else {
        return None;
    };
    let mut sizes = [0; 2];
    for size in &mut sizes {
        loop {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            *size += usize::from(byte);
            if byte < 255 {
                break;
            }
        }
    }
    let (identification, rest) = rest.split_at_checked(sizes[0])?;
    let setup = rest.get(sizes[1]..)?;
    Some([identification, setup].concat())
}
