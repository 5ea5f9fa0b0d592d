//! The audio streams of a program, by their types and descriptors (ISO/IEC
//! 13818-1, table 2-34; ETSI EN 300 468, annex D; ATSC A/53; Blu-ray).

use tonearm_media_core::Codec;

use crate::codec_ids;
use crate::track_selection::Candidate;
use tonearm_framing::framer::Framing;
use tonearm_framing::lpcm::Disc;

/// An audio stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) pid: u16,
    pub(super) codec: Codec,
    /// How it is cut; none where it cannot be read.
    pub(super) kind: Option<Framing>,
    /// Private data of which nothing tells what it is.
    pub(super) is_unidentified: bool,
    /// Its name, where it cannot be read.
    pub(super) codec_name: Option<String>,
    /// ISO 639-2.
    pub(super) language: Option<String>,
    pub(super) config: Vec<u8>,
}

/// Reads a program map section, checksum taken off.
pub(super) fn read(section: &[u8]) -> Option<Vec<Found>> {
    let length = |at: usize| -> Option<usize> {
        let &[high, low] = section.get(at..)?.first_chunk()?;
        Some(usize::from(high & 15) << 8 | usize::from(low))
    };
    let mut at = 12 + length(10)?;
    let program = section.get(12..at)?;
    let is_bluray = registration(program) == Some(*b"HDMV");
    let mut all = Vec::new();
    while let Some(&[kind, p0, p1]) = section.get(at..).and_then(<[u8]>::first_chunk) {
        let size = length(at + 3)?;
        let own = section.get(at + 5..at + 5 + size)?;
        at += 5 + size;
        let mut found = Found {
            pid: u16::from(p0 & 0x1f) << 8 | u16::from(p1),
            language: language(own),
            ..Found::default()
        };
        if found.describe(kind, own, is_bluray) {
            all.push(found);
        }
    }
    Some(all)
}

/// Descriptors that may stand beside any data: conditional access, language, bit
/// rate, buffers, the number of the component.
const COMMON: [u8; 7] = [0x09, 0x0a, 0x0e, 0x0c, 0x10, 0x11, 0x52];

impl Found {
    /// What there is to choose by.
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            is_default: true,
            codec: self.codec,
            codec_name: self.codec_name.clone(),
            language: self.language.clone(),
        }
    }

    /// Whether the stream is audio, and of which codec.
    fn describe(&mut self, kind: u8, own: &[u8], is_bluray: bool) -> bool {
        if let Some([b'D', b'T', b'S', _]) = registration(own) {
            return self.is_unsupported("DTS");
        }
        match kind {
            3 | 4 => self.is(Codec::Mp3, Framing::Mpeg),
            0x0f => self.is(Codec::Aac, Framing::Adts),
            0x11 => self.is(Codec::Aac, Framing::Latm),
            0x81 => self.is(Codec::Ac3, Framing::Ac3),
            0x84 | 0x87 | 0xa1 => self.is(Codec::Eac3, Framing::Ac3),
            0x80 if is_bluray => self.is(Codec::PcmS16Be, Framing::Lpcm(Disc::BluRay)),
            0x83 if is_bluray => self.is_unsupported(&codec_ids::name_of_fourcc(*b"mlpa")),
            0x85 | 0x86 | 0xa2 if is_bluray => self.is_unsupported("DTS"),
            0x82 | 0x8a => self.is_unsupported("DTS"),
            0x1c => self.is_unsupported("MPEG-4 PCM"),
            0x2d | 0x2e => self.is_unsupported("MPEG-H 3D Audio"),
            // The encrypted kinds of HTTP Live Streaming.
            0xc1 | 0xc2 | 0xcf => self.is_unsupported("a copy-protected stream"),
            6 => self.describe_private(own),
            _ => false,
        }
    }

    /// Private data, which descriptors tell about.
    fn describe_private(&mut self, own: &[u8]) -> bool {
        match registration(own) {
            Some([b'A', b'C', b'-', b'3'] | [b'E', b'A', b'C', b'3']) => {
                return self.is(Codec::Ac3, Framing::Ac3);
            }
            Some([b'B', b'S', b'S', b'D']) => return self.is_unsupported("SMPTE 302M"),
            Some([b'O', b'p', b'u', b's']) => return self.describe_opus(own),
            _ => {}
        }
        self.is_unidentified = descriptors(own).all(|(tag, _)| COMMON.contains(&tag));
        self.is_unidentified
            || descriptors(own).any(|(tag, body)| match (tag, body.first()) {
                (0x6a, _) => self.is(Codec::Ac3, Framing::Ac3),
                (0x7a, _) => self.is(Codec::Eac3, Framing::Ac3),
                (0x7b, _) | (0x7f, Some(0x0e)) => self.is_unsupported("DTS"),
                (0x7f, Some(0x15)) => self.is_unsupported("AC-4"),
                (0x7c, _) => self.is(Codec::Aac, Framing::Latm),
                _ => false,
            })
    }

    /// Opus, whose channels are in a descriptor of its own.
    fn describe_opus(&mut self, own: &[u8]) -> bool {
        let code = descriptors(own).find_map(|(tag, body)| match (tag, body) {
            (0x7f, &[0x80, code, ..]) => Some(code),
            _ => None,
        });
        let Some(code @ 1..=8) = code else {
            return self.is_unsupported("Opus with channels of its own order");
        };
        // The layouts of RFC 7845, 5.1.1.2: streams, coupled ones, channels.
        let mapping: &[u8] = match code {
            3 => &[2, 1, 0, 2, 1],
            4 => &[2, 2, 0, 1, 2, 3],
            5 => &[3, 2, 0, 4, 1, 2, 3],
            6 => &[4, 2, 0, 4, 1, 2, 3, 5],
            7 => &[4, 3, 0, 4, 1, 2, 3, 5, 6],
            8 => &[5, 3, 0, 6, 1, 2, 3, 4, 5, 7],
            _ => &[],
        };
        self.config = b"OpusHead\x01".to_vec();
        let family = u8::from(code > 2);
        self.config
            .extend([code, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, family]);
        self.config.extend_from_slice(mapping);
        self.is(Codec::Opus, Framing::Opus)
    }

    /// Takes the stream for audio of this codec.
    pub(super) fn is(&mut self, codec: Codec, kind: Framing) -> bool {
        self.is_unidentified = false;
        (self.codec, self.kind) = (codec, Some(kind));
        true
    }

    fn is_unsupported(&mut self, name: &str) -> bool {
        self.codec_name = Some(name.to_owned());
        true
    }
}

/// Descriptors: a tag, a length, and that many bytes.
fn descriptors(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (&[tag, size], after) = rest.split_first_chunk()?;
        let (body, next) = after.split_at_checked(usize::from(size))?;
        rest = next;
        Some((tag, body))
    })
}

fn registration(bytes: &[u8]) -> Option<[u8; 4]> {
    let mut all = descriptors(bytes);
    let (_, body) = all.find(|(tag, _)| *tag == 5)?;
    body.first_chunk().copied()
}

fn language(bytes: &[u8]) -> Option<String> {
    let mut all = descriptors(bytes);
    let (_, body) = all.find(|(tag, _)| *tag == 0x0a)?;
    let code: &[u8; 3] = body.first_chunk()?;
    let is_plain = code.iter().all(u8::is_ascii_alphabetic);
    is_plain.then(|| String::from_utf8_lossy(code).to_lowercase())
}
