//! PES packets, which transport and program streams share (ISO/IEC 13818-1, 2.4.3.6;
//! ISO/IEC 11172-1, 2.4.3.3).

/// The header of a PES packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Length in bytes, including the start code; the data follows.
    pub(crate) length: usize,
    /// Presentation timestamp of the first frame that begins in the packet, in ticks of
    /// 90 kHz.
    pub(crate) time: Option<u64>,
    pub(crate) is_scrambled: bool,
    /// The extension of the stream id.
    pub(crate) extension: Option<u8>,
}

/// The result of parsing a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    Header(Header),
    /// More bytes are needed.
    Short,
    /// Not a header.
    Junk,
}

/// Maximum length of a header, in bytes.
pub(crate) const MAX_HEADER: usize = 9 + 255;

/// Parses the header that begins `bytes` with its start code.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    if !bytes.starts_with(&[0, 0, 1]) {
        return if bytes.len() < 3 {
            Parsed::Short
        } else {
            Parsed::Junk
        };
    }
    let Some(&flags) = bytes.get(6) else {
        return Parsed::Short;
    };
    let header = match flags >> 6 {
        2 => mpeg2(bytes, flags),
        _ => mpeg1(bytes),
    };
    header.map_or(Parsed::Short, Parsed::Header)
}

/// Parses the header of MPEG-2.
fn mpeg2(bytes: &[u8], flags: u8) -> Option<Header> {
    let &[has, length] = bytes.get(7..)?.first_chunk()?;
    let length = 9 + usize::from(length);
    bytes.get(..length)?;
    Some(Header {
        length,
        time: bytes
            .get(9..)
            .filter(|_| has & 0x80 != 0)
            .and_then(timestamp)
            .filter(|_| length >= 14),
        is_scrambled: flags & 0x30 != 0,
        extension: extension(has, bytes.get(9..length)?),
    })
}

/// Parses the header of MPEG-1: stuffing, buffer size, timestamps.
fn mpeg1(bytes: &[u8]) -> Option<Header> {
    let mut at = 6;
    while at < 6 + 16 && *bytes.get(at)? == 0xff {
        at += 1;
    }
    if *bytes.get(at)? >> 6 == 1 {
        at += 2;
    }
    let start = at;
    let (skip, has_time) = match *bytes.get(at)? >> 4 {
        2 => (5, true),
        3 => (10, true),
        _ => (1, false),
    };
    bytes.get(..at + skip)?;
    Some(Header {
        length: at + skip,
        time: bytes.get(start..).filter(|_| has_time).and_then(timestamp),
        is_scrambled: false,
        extension: None,
    })
}

/// The extension of the stream id among the optional fields, which `has` lists.
fn extension(has: u8, fields: &[u8]) -> Option<u8> {
    let lengths = [
        (0x80, 5),
        (0x40, 5),
        (0x20, 6),
        (0x10, 3),
        (0x08, 1),
        (0x04, 1),
        (0x02, 2),
    ];
    let present = lengths.iter().filter(|(flag, _)| has & flag != 0);
    let at: usize = present.map(|(_, length)| length).sum();
    let (&flags, mut rest) = fields.get(at..)?.split_first()?;
    if has & 1 == 0 {
        return None;
    }
    // Private data, pack header, sequence counter, buffer size.
    if flags & 0x80 != 0 {
        rest = rest.get(16..)?;
    }
    if flags & 0x40 != 0 {
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    rest = rest.get(if flags & 0x20 != 0 { 2 } else { 0 }..)?;
    rest = rest.get(if flags & 0x10 != 0 { 2 } else { 0 }..)?;
    match rest {
        [0x80..=0xff, id, ..] if flags & 1 != 0 && id & 0x80 == 0 => Some(*id),
        _ => None,
    }
}

/// Parses a timestamp: 33 bits in five bytes. `None` where its fixed bits are wrong, since a
/// damaged timestamp is worse than none.
fn timestamp(bytes: &[u8]) -> Option<u64> {
    let &[b0, b1, b2, b3, b4] = bytes.first_chunk()?;
    if !matches!(b0 >> 4, 2 | 3) || b0 & b2 & b4 & 1 == 0 {
        return None;
    }
    let [b0, b1, b2, b3, b4] = [b0, b1, b2, b3, b4].map(u64::from);
    Some((b0 >> 1 & 7) << 30 | b1 << 22 | (b2 >> 1) << 15 | b3 << 7 | b4 >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_mpeg_1_and_mpeg_2_are_parsed() {
        let mpeg2 = [
            0, 0, 1, 0xc0, 0, 9, 0x80, 0x80, 5, 0x21, 0, 7, 0xd8, 0x61, 0xff,
        ];
        let expected = Header {
            length: 14,
            time: Some(126_000),
            is_scrambled: false,
            extension: None,
        };
        assert_eq!(parse(&mpeg2), Parsed::Header(expected));
        assert_eq!(parse(&mpeg2[..13]), Parsed::Short);
        // As in the stream of TrueHD and AC-3 on a Blu-ray disc.
        let extended = [
            0, 0, 1, 0xfd, 0, 0, 0x84, 0x81, 8, 0x21, 0, 7, 0xd8, 0x61, 0x0f, 0x81, 0x76,
        ];
        let expected_extended = Header {
            length: 17,
            extension: Some(0x76),
            ..expected
        };
        assert_eq!(parse(&extended), Parsed::Header(expected_extended));
        let mpeg1 = [
            0, 0, 1, 0xc0, 0, 9, 0xff, 0xff, 0x40, 0x20, 0x21, 0, 7, 0xd8, 0x61, 1,
        ];
        let expected = Header {
            length: 15,
            ..expected
        };
        assert_eq!(parse(&mpeg1), Parsed::Header(expected));
        assert_eq!(parse(b"\0\0\x02"), Parsed::Junk);
        let mut damaged = mpeg1;
        damaged[10] = 0x20;
        let expected = Header {
            time: None,
            ..expected
        };
        assert_eq!(parse(&damaged), Parsed::Header(expected));
    }
}
