//! The audio streams of a program, from stream types and descriptors (ISO/IEC 13818-1, table
//! 2-34; ETSI EN 300 468, annex D; ATSC A/53; Blu-ray).

use tonearm_media_core::Codec;

use crate::track_selection::Candidate;
use tonearm_framing::framer::Framing;
use tonearm_framing::lpcm::Disc;

/// The streams of a program that share a clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Program {
    /// The stream that carries the clock.
    pub(super) clock_pid: u16,
    /// The streams of audio and video.
    pub(super) pids: Vec<u16>,
}

/// The PES packets of a stream that belong to an audio stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    #[default]
    All,
    /// TrueHD of a Blu-ray disc, without the AC-3 beside it.
    Lossless,
    /// That AC-3, which players without TrueHD decode.
    Core,
}

impl Part {
    /// Whether PES packets with this extension of the stream id belong to it.
    pub(super) fn contains(self, extension: Option<u8>) -> bool {
        let is_core = extension == Some(0x76);
        match self {
            Self::All => true,
            Self::Lossless => !is_core,
            Self::Core => is_core,
        }
    }
}

/// An audio stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AudioStream {
    pub(super) pid: u16,
    pub(super) codec: Codec,
    /// `None` if the codec is not supported.
    pub(super) framing: Option<Framing>,
    /// Private data whose descriptors do not identify a codec.
    pub(super) is_unidentified: bool,
    /// The name of an unsupported codec.
    pub(super) codec_name: Option<String>,
    /// ISO 639-2.
    pub(super) language: Option<String>,
    /// Whether it is audio description, or for the hard of hearing.
    pub(super) is_secondary: bool,
    pub(super) config: Vec<u8>,
    pub(super) part: Part,
    pub(super) program: Program,
}

/// Parses a program map section without its checksum.
pub(super) fn read(section: &[u8]) -> Option<Vec<AudioStream>> {
    let length = |at: usize| -> Option<usize> {
        let &[high, low] = section.get(at..)?.first_chunk()?;
        Some(usize::from(high & 15) << 8 | usize::from(low))
    };
    let mut at = 12 + length(10)?;
    let program = section.get(12..at)?;
    let is_bluray = registration(program) == Some(*b"HDMV");
    let mut all: Vec<AudioStream> = Vec::new();
    let pid = |high: u8, low: u8| u16::from(high & 0x1f) << 8 | u16::from(low);
    let mut program = Program {
        clock_pid: pid(*section.get(8)?, *section.get(9)?),
        pids: Vec::new(),
    };
    while let Some(&[kind, p0, p1]) = section.get(at..).and_then(<[u8]>::first_chunk) {
        let size = length(at + 3)?;
        let own = section.get(at + 5..at + 5 + size)?;
        at += 5 + size;
        let mut found = AudioStream {
            pid: pid(p0, p1),
            language: language(own),
            is_secondary: is_secondary(own),
            ..AudioStream::default()
        };
        let is_audio = found.describe(kind, own, is_bluray);
        if is_audio && !found.is_unidentified || is_video(kind, is_bluray) {
            program.pids.push(found.pid);
        }
        if is_audio {
            let core = (is_bluray && kind == 0x83).then(|| found.core());
            all.push(found);
            all.extend(core);
        }
    }
    for found in &mut all {
        found.program = program.clone();
    }
    Some(all)
}

/// Whether a stream type is video: MPEG-1, -2 and -4, H.264 to H.266, AVS, Dirac, VC-1, and
/// outside of Blu-ray discs DigiCipher II.
fn is_video(kind: u8, is_bluray: bool) -> bool {
    matches!(
        kind,
        1 | 2 | 0x10 | 0x1b | 0x1e..=0x21 | 0x24 | 0x25 | 0x33 | 0x42 | 0xd1..=0xd4 | 0xea
    ) || kind == 0x80 && !is_bluray
}

/// Descriptors that do not depend on the kind of data: conditional access, language, bit
/// rate, buffers, component number.
const COMMON: [u8; 7] = [0x09, 0x0a, 0x0e, 0x0c, 0x10, 0x11, 0x52];

impl AudioStream {
    /// Describes the stream for track selection.
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            codec: self.codec,
            codec_name: self.codec_name.clone(),
            language: self.language.clone(),
            is_secondary: self.is_secondary,
            ..Candidate::default()
        }
    }

    /// The AC-3 beside this TrueHD, if its frames are found.
    fn core(&self) -> Self {
        Self {
            pid: self.pid,
            language: self.language.clone(),
            part: Part::Core,
            is_unidentified: true,
            ..Self::default()
        }
    }

    /// Determines the codec. Returns whether the stream is audio.
    fn describe(&mut self, kind: u8, own: &[u8], is_bluray: bool) -> bool {
        if let Some([b'D', b'T', b'S', _]) = registration(own) {
            return self.set_codec(Codec::Dts, Framing::Dts);
        }
        match kind {
            3 | 4 => self.set_codec(Codec::Mp3, Framing::Mpeg),
            0x0f => self.set_codec(Codec::Aac, Framing::Adts),
            0x11 => self.set_codec(Codec::Aac, Framing::Latm),
            0x81 => self.set_codec(Codec::Ac3, Framing::Ac3),
            0x84 | 0x87 | 0xa1 => self.set_codec(Codec::Eac3, Framing::Ac3),
            0x80 if is_bluray => self.set_codec(Codec::PcmS16Be, Framing::Lpcm(Disc::BluRay)),
            0x83 => {
                self.part = Part::Lossless;
                self.set_codec(Codec::TrueHd, Framing::Mlp)
            }
            0x82 | 0x85 | 0x86 | 0xa2 if is_bluray => self.set_codec(Codec::Dts, Framing::Dts),
            0x8a => self.set_codec(Codec::Dts, Framing::Dts),
            // DTS, or the subtitles of cable television.
            0x82 => {
                self.is_unidentified = true;
                true
            }
            0x1c => self.set_unsupported("MPEG-4 PCM"),
            0x2d | 0x2e => self.set_unsupported("MPEG-H 3D Audio"),
            // Encrypted streams of HTTP Live Streaming.
            0xc1 | 0xc2 | 0xcf => self.set_unsupported("a copy-protected stream"),
            6 => self.describe_private(own),
            _ => false,
        }
    }

    /// Determines the codec of private data by its descriptors.
    fn describe_private(&mut self, own: &[u8]) -> bool {
        match registration(own) {
            Some([b'A', b'C', b'-', b'3'] | [b'E', b'A', b'C', b'3']) => {
                return self.set_codec(Codec::Ac3, Framing::Ac3);
            }
            Some([b'B', b'S', b'S', b'D']) => {
                return self.set_codec(Codec::PcmS16Be, Framing::Lpcm(Disc::Aes3));
            }
            Some([b'O', b'p', b'u', b's']) => return self.describe_opus(own),
            _ => {}
        }
        self.is_unidentified = descriptors(own).all(|(tag, _)| COMMON.contains(&tag));
        self.is_unidentified
            || descriptors(own).any(|(tag, body)| match (tag, body.first()) {
                (0x6a, _) => self.set_codec(Codec::Ac3, Framing::Ac3),
                (0x7a, _) => self.set_codec(Codec::Eac3, Framing::Ac3),
                (0x7b, _) | (0x7f, Some(0x0e | 0x0f)) => self.set_codec(Codec::Dts, Framing::Dts),
                (0x7f, Some(0x15)) => self.set_unsupported("AC-4"),
                (0x7c, _) => self.set_codec(Codec::Aac, Framing::Latm),
                _ => false,
            })
    }

    /// Configures Opus, whose channels are in a descriptor.
    fn describe_opus(&mut self, own: &[u8]) -> bool {
        let code = descriptors(own).find_map(|(tag, body)| match (tag, body) {
            (0x7f, &[0x80, code, ..]) => Some(code),
            _ => None,
        });
        let Some(code @ 1..=8) = code else {
            return self.set_unsupported("Opus with channels of its own order");
        };
        // The layouts of RFC 7845, 5.1.1.2: streams, coupled streams, channel mapping.
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
        self.set_codec(Codec::Opus, Framing::Opus)
    }

    /// Sets a supported codec. Returns true: the stream is audio.
    pub(super) fn set_codec(&mut self, codec: Codec, framing: Framing) -> bool {
        self.is_unidentified = false;
        (self.codec, self.framing) = (codec, Some(framing));
        true
    }

    /// Sets the name of an unsupported codec. Returns true: the stream is audio.
    fn set_unsupported(&mut self, name: &str) -> bool {
        self.codec_name = Some(name.to_owned());
        true
    }
}

/// Iterates over descriptors: a tag, a length, and that many bytes.
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

/// Whether the type of the language descriptor (ISO/IEC 13818-1, table 2-60), or the
/// classification of the supplementary audio descriptor (ETSI EN 300 468, 6.4.11), is
/// that of sound for the hard of hearing or for the visually impaired.
fn is_secondary(bytes: &[u8]) -> bool {
    descriptors(bytes).any(|(tag, body)| match (tag, body) {
        (0x0a, &[_, _, _, kind, ..]) => matches!(kind, 2 | 3),
        (0x7f, &[0x06, flags, ..]) => matches!(flags >> 2 & 31, 1..=3),
        _ => false,
    })
}
