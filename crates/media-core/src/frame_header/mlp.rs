//! Headers of access units of Dolby TrueHD and MLP ("Dolby TrueHD (MLP) high-level bitstream
//! description").

use crate::channels::Channels;

/// The parameters that a major sync states, for it and the access units after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MajorSync {
    /// MLP rather than TrueHD.
    pub is_mlp: bool,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Samples per channel of an access unit.
    pub samples: u32,
    /// The channels of TrueHD, without those that WAVE does not define.
    pub channels: Option<Channels>,
    /// Number of substreams.
    substreams: usize,
    /// Bytes of the major sync, which the directory of substreams follows.
    length: usize,
}

/// Bytes of an access unit's header before any major sync.
const UNIT_HEADER: usize = 4;
/// Bytes of a major sync without extensions.
const SYNC_LENGTH: usize = 28;
/// Bytes that the header of an access unit has at most: 15 words of extensions, 15
/// substreams.
pub const HEADER_LENGTH: usize = UNIT_HEADER + SYNC_LENGTH + 32 + 15 * 4;

/// Reads the major sync of the access unit that begins `bytes`, if it has one.
pub fn major_sync(bytes: &[u8]) -> Option<MajorSync> {
    let sync: &[u8; SYNC_LENGTH] = bytes.get(UNIT_HEADER..)?.first_chunk()?;
    let is_mlp = match sync {
        [0xf8, 0x72, 0x6f, 0xba, ..] => false,
        [0xf8, 0x72, 0x6f, 0xbb, ..] => true,
        _ => return None,
    };
    if [sync[8], sync[9]] != [0xb7, 0x52] {
        return None;
    }
    let rate = if is_mlp { sync[5] >> 4 } else { sync[4] >> 4 };
    let base = if rate & 8 == 0 { 48_000 } else { 44_100 };
    let shift = u32::from(rate & 7);
    if shift > 2 {
        return None;
    }
    let has_extensions = !is_mlp && sync[25] & 1 == 1;
    let extensions = match has_extensions {
        true => 2 + 2 * usize::from(sync[26] >> 4),
        false => 0,
    };
    Some(MajorSync {
        is_mlp,
        sample_rate: base << shift,
        samples: 40 << shift,
        channels: if is_mlp { None } else { channels(sync) },
        substreams: usize::from(sync[16] >> 4),
        length: SYNC_LENGTH + extensions,
    })
}

/// WAVE's bits of the channels that each bit of an assignment adds: left and right, centre,
/// LFE, side, top front, front centre of each side, back, back centre, top centre, direct
/// surround, wide, centre height, second LFE.
const ASSIGNED: [u32; 13] = [
    0x3, 0x4, 0x8, 0x600, 0x5000, 0xc0, 0x30, 0x100, 0x800, 0, 0, 0x2000, 0,
];

/// The channels of the presentation with the most: of eight, or of six.
fn channels(sync: &[u8; SYNC_LENGTH]) -> Option<Channels> {
    let six = u16::from_be_bytes([sync[5], sync[6]]) >> 7 & 0x1f;
    let eight = u16::from_be_bytes([sync[6], sync[7]]) & 0x1fff;
    let assigned = if eight == 0 { six } else { eight };
    let bits = ASSIGNED.iter().enumerate();
    let present = bits.filter(|(bit, _)| assigned >> bit & 1 == 1);
    let mask = present.fold(0, |mask, (_, speakers)| mask | speakers);
    (mask != 0).then_some(Channels::Speakers(mask))
}

/// Bytes of the access unit that begins `bytes`, which its parity confirms. `known` is the
/// last major sync, for units without their own.
pub fn unit_length(bytes: &[u8], known: &MajorSync) -> Option<usize> {
    let own = major_sync(bytes);
    let sync = own.as_ref().unwrap_or(known);
    let header: &[u8; UNIT_HEADER] = bytes.first_chunk()?;
    let mut parity = header.iter().fold(0, |sum, byte| sum ^ byte);
    let mut at = UNIT_HEADER + if own.is_some() { sync.length } else { 0 };
    for _ in 0..sync.substreams {
        let entry: &[u8; 2] = bytes.get(at..)?.first_chunk()?;
        let words = if entry[0] & 0x80 == 0 { 1 } else { 2 };
        let entry = bytes.get(at..at + 2 * words)?;
        parity = entry.iter().fold(parity, |sum, byte| sum ^ byte);
        at += entry.len();
    }
    let length = 2 * (usize::from(header[0] & 15) << 8 | usize::from(header[1]));
    ((parity >> 4 ^ parity) & 15 == 15 && length >= at).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_units_with_and_without_a_major_sync_are_parsed() {
        let bytes = [
            0x80, 0x37, 0xff, 0xd8, 0xf8, 0x72, 0x6f, 0xba, 0x00, 0x00, 0x80, 0x01, 0xb7, 0x52,
            0x00, 0x00, 0x00, 0x00, 0x8c, 0x7f, 0x11, 0x05, 0x54, 0x00, 0x00, 0x00, 0x80, 0x80,
            0x00, 0x00, 0x84, 0x1d, 0x20, 0x26, 0xf1, 0xea,
        ];
        let sync = major_sync(&bytes).unwrap();
        let fields = (sync.is_mlp, sync.sample_rate, sync.samples);
        assert_eq!(fields, (false, 48_000, 40));
        assert_eq!(sync.channels, Some(Channels::STEREO));
        for (info, expected) in [
            ([0x80, 0x97, 0xc0, 0x0f], Channels::SURROUND_5_1_SIDE),
            ([0, 0x17, 0x80, 0x4f], Channels::SURROUND_7_1),
            ([0, 0x17, 0x80, 0], Channels::SURROUND_5_1_SIDE),
        ] {
            let mut bytes = bytes;
            bytes[8..12].copy_from_slice(&info);
            assert_eq!(major_sync(&bytes).unwrap().channels, Some(expected));
        }
        assert_eq!(unit_length(&bytes, &sync), Some(110));
        let mut damaged = bytes;
        damaged[1] ^= 1;
        assert_eq!(unit_length(&damaged, &sync), None);
        assert_eq!(major_sync(&bytes[4..]), None);
    }
}
