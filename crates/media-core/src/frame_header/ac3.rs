//! Headers of AC-3 and E-AC-3 frames (ETSI TS 102 366, 4.3 and E.1.2).

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the whole frame.
    pub length: usize,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Samples per channel.
    pub samples: u32,
    /// E-AC-3 rather than AC-3.
    pub is_enhanced: bool,
    /// E-AC-3: the frame adds channels to the one before it.
    pub is_dependent: bool,
    /// E-AC-3: number of the program; 0 is the main one.
    pub program: u8,
    /// Audio coding mode: the set of full-bandwidth channels.
    pub mode: u8,
    /// Whether there is a low-frequency channel.
    pub has_lfe: bool,
}

/// kbit/s by frame size code, AC-3.
const RATES: [u32; 19] = [
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
];

/// Reads the header of a frame at the start of `bytes`.
pub fn parse(bytes: &[u8]) -> Option<Header> {
    let &[0x0b, 0x77, b2, b3, b4, b5, b6, b7] = bytes.first_chunk()? else {
        return None;
    };
    match b5 >> 3 {
        0..=10 => ac3(b4, b5 >> 3, b6, b7),
        11..=16 => enhanced(b2, b3, b4),
        _ => None,
    }
}

fn ac3(b4: u8, id: u8, b6: u8, b7: u8) -> Option<Header> {
    let sample_rate = *[48_000, 44_100, 32_000].get(usize::from(b4 >> 6))?;
    let code = b4 & 0x3f;
    let kbps = *RATES.get(usize::from(code >> 1))?;
    // 1536 samples at this bitrate, in words of two bytes. At 44.1 kHz the division leaves
    // a remainder, and odd codes have one more word.
    let words = kbps * 96_000 / sample_rate;
    let padding = if sample_rate == 44_100 {
        u32::from(code & 1)
    } else {
        0
    };
    // Identifications 9 and 10 mean half and a quarter of the rate.
    let shift = id.saturating_sub(8);
    let mode = b6 >> 5;
    // Up to two mix levels of two bits each precede the flag.
    let centre = mode & 1 == 1 && mode != 1;
    let surround = mode & 4 == 4;
    let levels = u8::from(centre) + u8::from(surround) + u8::from(mode == 2);
    let bits = u16::from_be_bytes([b6, b7]);
    let has_lfe = bits >> (12 - 2 * levels) & 1 == 1;
    Some(Header {
        length: usize::try_from((words + padding) * 2).ok()?,
        sample_rate: sample_rate >> shift,
        samples: 1536,
        is_enhanced: false,
        is_dependent: false,
        program: 0,
        mode,
        has_lfe,
    })
}

fn enhanced(b2: u8, b3: u8, b4: u8) -> Option<Header> {
    let kind = b2 >> 6;
    if kind == 3 {
        return None;
    }
    let words = (u16::from(b2 & 7) << 8 | u16::from(b3)) + 1;
    let rate = usize::from(b4 >> 6);
    let (sample_rate, blocks) = match [48_000, 44_100, 32_000].get(rate) {
        Some(&rate) => (rate, [1, 2, 3, 6][usize::from(b4 >> 4 & 3)]),
        None => (*[24_000, 22_050, 16_000].get(usize::from(b4 >> 4 & 3))?, 6),
    };
    Some(Header {
        length: usize::from(words) * 2,
        sample_rate,
        samples: blocks * 256,
        is_enhanced: true,
        is_dependent: kind == 1,
        program: b2 >> 3 & 7,
        mode: b4 >> 1 & 7,
        has_lfe: b4 & 1 == 1,
    })
}

/// Samples per channel of an E-AC-3 packet: of its independent frames of the main program.
pub fn packet_samples(packet: &[u8]) -> Option<u64> {
    let mut samples = 0;
    let mut rest = packet;
    while let Some(frame) = parse(rest) {
        if !frame.is_dependent && frame.program == 0 {
            samples += u64::from(frame.samples);
        }
        rest = rest.get(frame.length..).unwrap_or_default();
    }
    Some(samples).filter(|&samples| samples > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_known_streams_are_parsed() {
        // 48 kHz, 448 kbit/s, 3/2 with LFE.
        let frame = parse(&[0x0b, 0x77, 0, 0, 0x1e, 0x40, 0xe1, 0x00]).unwrap();
        assert_eq!((frame.length, frame.mode, frame.has_lfe), (1792, 7, true));
        // 44.1 kHz, 192 kbit/s, the longer of its two sizes; stereo.
        let frame = parse(&[0x0b, 0x77, 0, 0, 0x55, 0x40, 0x40, 0x00]).unwrap();
        assert_eq!(
            (frame.length, frame.mode, frame.sample_rate),
            (836, 2, 44_100)
        );
        // E-AC-3, 48 kHz, six blocks, 5.1.
        let frame = parse(&[0x0b, 0x77, 0x03, 0x7f, 0x3f, 0x80, 0, 0]).unwrap();
        assert_eq!((frame.length, frame.mode, frame.samples), (1792, 7, 1536));
        // One block, and a dependent frame.
        let mut packet = vec![0x0b, 0x77, 0, 0x07, 0x0f, 0x80, 0, 0];
        packet.resize(16, 0);
        packet.extend([0x0b, 0x77, 0x40, 0x07, 0x0f, 0x80, 0, 0]);
        packet.resize(32, 0);
        assert_eq!(packet_samples(&packet), Some(256));
        assert_eq!(packet_samples(&[0xff; 8]), None);
        assert_eq!(parse(&[0xff; 8]), None);
        assert_eq!(parse(&[0x0b, 0x77]), None);
    }
}
