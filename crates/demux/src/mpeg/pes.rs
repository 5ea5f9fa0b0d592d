//! Packets of elementary streams, which transport and program streams share
//! (ISO/IEC 13818-1, 2.4.3.6; ISO/IEC 11172-1, 2.4.3.3).

/// What the header of a packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Bytes before the data, from the start code on.
    pub(crate) length: usize,
    /// Time of the first frame that begins in it, in 90 kHz ticks.
    pub(crate) time: Option<u64>,
    pub(crate) is_scrambled: bool,
}

/// Outcome of reading a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    Header(Header),
    /// More bytes are needed.
    Short,
    /// No header.
    Junk,
}

/// Bytes in which a header ends at the latest.
pub(crate) const MAX_HEADER: usize = 9 + 255;

/// Reads the header at the start of `bytes`, from its start code on.
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
        2 => second(bytes, flags),
        _ => first(bytes),
    };
    header.map_or(Parsed::Short, Parsed::Header)
}

/// The header of MPEG-2.
fn second(bytes: &[u8], flags: u8) -> Option<Header> {
    let &[has, length] = bytes.get(7..)?.first_chunk()?;
    let length = 9 + usize::from(length);
    bytes.get(..length)?;
    Some(Header {
        length,
        time: bytes.get(9..).filter(|_| has & 0x80 != 0).and_then(time),
        is_scrambled: flags & 0x30 != 0,
    })
}

/// The header of MPEG-1: stuffing, the size of a buffer, times.
fn first(bytes: &[u8]) -> Option<Header> {
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
        time: bytes.get(start..).filter(|_| has_time).and_then(time),
        is_scrambled: false,
    })
}

/// 33 bits in five bytes.
fn time(bytes: &[u8]) -> Option<u64> {
    let &[b0, b1, b2, b3, b4] = bytes.first_chunk()?;
    let [b0, b1, b2, b3, b4] = [b0, b1, b2, b3, b4].map(u64::from);
    Some((b0 >> 1 & 7) << 30 | b1 << 22 | (b2 >> 1) << 15 | b3 << 7 | b4 >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_both_kinds() {
        let second = [
            0, 0, 1, 0xc0, 0, 9, 0x80, 0x80, 5, 0x21, 0, 7, 0xd8, 0x61, 0xff,
        ];
        let expected = Header {
            length: 14,
            time: Some(126_000),
            is_scrambled: false,
        };
        assert_eq!(parse(&second), Parsed::Header(expected));
        assert_eq!(parse(&second[..13]), Parsed::Short);
        let first = [
            0, 0, 1, 0xc0, 0, 9, 0xff, 0xff, 0x40, 0x20, 0x21, 0, 7, 0xd8, 0x61, 1,
        ];
        let expected = Header {
            length: 15,
            ..expected
        };
        assert_eq!(parse(&first), Parsed::Header(expected));
        assert_eq!(parse(b"\0\0\x02"), Parsed::Junk);
    }
}
