//! The Xing header with LAME's extension: the length of the stream, its seek table, and
//! the encoder's delay and padding.

use super::id3::Id3;

/// The Xing header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xing {
    /// Whether it is `Xing` rather than `Info`, which stands for a constant bitrate.
    pub variable_bitrate: bool,
    /// Number of audio frames.
    pub frames: Option<u32>,
    /// Bytes from this header to the end of the stream.
    pub bytes: Option<u32>,
    /// The byte offset of each hundredth of the duration, in 256ths of `bytes`.
    pub toc: Option<Vec<u8>>,
    /// LAME's extension.
    pub lame: Option<Lame>,
    /// The offset in the file of the frame with the header.
    pub offset: usize,
}

/// LAME's extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lame {
    /// The encoder's name and version.
    pub encoder: String,
    /// Encoder delay: added samples per channel at the start.
    pub delay: usize,
    /// Padding: added samples per channel at the end.
    pub padding: usize,
}

impl Xing {
    /// The header of a file, after its ID3v2 tag.
    pub fn of(file: &[u8]) -> Option<Self> {
        let offset = Id3::of(file).map_or(0, |tag| tag.len);
        let frame = file.get(offset..)?;
        let header = frame
            .get(..4)
            .filter(|header| header[0] == 0xff && header[1] >= 0xe0)?;
        let (mpeg1, mono) = (header[1] & 0x08 != 0, header[3] & 0xc0 == 0xc0);
        let side_information = match (mpeg1, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let mut rest = Rest(frame.get(4 + side_information..)?);
        let variable_bitrate = match rest.take(4)? {
            b"Xing" => true,
            b"Info" => false,
            _ => return None,
        };
        let flags = rest.number()?;
        let mut field = |flag: u32, len| (flags & flag != 0).then(|| rest.take(len)).flatten();
        let frames = field(1, 4).map(number);
        let bytes = field(2, 4).map(number);
        let toc = field(4, 100).map(<[u8]>::to_vec);
        let _quality = field(8, 4);
        let lame = Lame::of(rest.0);
        Some(Self {
            variable_bitrate,
            frames,
            bytes,
            toc,
            lame,
            offset,
        })
    }
}

impl Lame {
    fn of(extension: &[u8]) -> Option<Self> {
        let encoder = extension
            .get(..9)
            .filter(|name| name[0].is_ascii_alphabetic())?;
        let ends = extension.get(21..24)?;
        Some(Self {
            encoder: String::from_utf8_lossy(encoder)
                .trim_end_matches(['\0', ' '])
                .into(),
            delay: usize::from(ends[0]) << 4 | usize::from(ends[1]) >> 4,
            padding: usize::from(ends[1] & 0x0f) << 8 | usize::from(ends[2]),
        })
    }
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4).map(number)
    }
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("four bytes"))
}
