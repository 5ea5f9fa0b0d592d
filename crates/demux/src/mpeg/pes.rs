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
    })
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
        };
        assert_eq!(parse(&mpeg2), Parsed::Header(expected));
        assert_eq!(parse(&mpeg2[..13]), Parsed::Short);
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
