//! The codec of a CAF file, and its configuration in the magic cookie.

use tonearm_media_core::Codec;

use crate::mp4::esds;

/// The codec of coded audio; `None` for PCM and unknown codecs.
pub(super) fn codec(kind: [u8; 4]) -> Option<Codec> {
    Some(match &kind {
        b"aac " => Codec::Aac,
        b"alac" => Codec::Alac,
        b"flac" => Codec::Flac,
        b"opus" => Codec::Opus,
        b"ac-3" => Codec::Ac3,
        b"ec-3" => Codec::Eac3,
        b".mp1" => Codec::Mp1,
        b".mp2" | b"ms\0\x50" => Codec::Mp2,
        b".mp3" | b"ms\0\x55" => Codec::Mp3,
        b"ima4" => Codec::AdpcmImaQt,
        b"ms\0\x02" => Codec::AdpcmMs,
        b"ms\0\x11" => Codec::AdpcmImaWav,
        b"agsm" => Codec::Gsm,
        b"samr" => Codec::AmrNb,
        b"sawb" => Codec::AmrWb,
        b"QDM2" => Codec::Qdm2,
        b"QDMC" => Codec::Qdmc,
        b"Qclp" => Codec::Qcelp,
        b"ilbc" => Codec::Ilbc,
        b"MAC3" => Codec::Mace3,
        b"MAC6" => Codec::Mace6,
        _ => return None,
    })
}

/// The configuration that the decoder takes, from the magic cookie.
pub(super) fn config(codec: Codec, cookie: &[u8]) -> Vec<u8> {
    match codec {
        // A descriptor of MPEG-4, or the configuration itself.
        Codec::Aac => match esds::parse(cookie) {
            Some(stream) => stream.config,
            None => cookie.to_vec(),
        },
        // The box of MP4 after its version and flags, or the boxes of QuickTime.
        Codec::Alac => after(cookie, b"alac", 4, b"frma").to_vec(),
        Codec::Flac => {
            let info = match cookie.strip_prefix(b"fLaC") {
                Some(blocks) => blocks.get(4..).unwrap_or_default(),
                None => after(cookie, b"dfLa", 8, b"dfLa"),
            };
            info.get(..34).unwrap_or_default().to_vec()
        }
        _ => cookie.to_vec(),
    }
}

/// The bytes that lie `skip` bytes after the last `name`, in a cookie that contains `mark`;
/// else the whole cookie.
fn after<'a>(cookie: &'a [u8], name: &[u8; 4], skip: usize, mark: &[u8; 4]) -> &'a [u8] {
    if !cookie.windows(4).take(16).any(|four| four == mark) {
        return cookie;
    }
    let at = cookie.windows(4).rposition(|four| four == name);
    at.and_then(|at| cookie.get(at + 4 + skip..))
        .unwrap_or(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cookies_of_alac_contain_the_same_configuration() {
        let config_bytes: Vec<u8> = (100..124).collect();
        let mut cookie = b"\0\0\0\x0cfrmaalac\0\0\0\x24alac\0\0\0\0".to_vec();
        cookie.extend_from_slice(&config_bytes);
        assert_eq!(config(Codec::Alac, &cookie), config_bytes);
        assert_eq!(config(Codec::Alac, &config_bytes), config_bytes);
    }

    #[test]
    fn stream_info_is_found_behind_either_header() {
        let info = [7; 34];
        let block = [&[0x80, 0, 0, 34][..], &info].concat();
        let native = [b"fLaC", block.as_slice()].concat();
        let boxed = [b"\0\0\0\x32dfLa\0\0\0\0", block.as_slice()].concat();
        for cookie in [native, boxed] {
            assert_eq!(config(Codec::Flac, &cookie), info);
        }
        assert!(config(Codec::Flac, &[]).is_empty());
    }
}
