//! Track entries (RFC 9559, 5.1.4).

use super::codecs;
use super::ebml::{children, float, unsigned};
use super::encoding::{Encoding, Zlib, inflate};
use tonearm_media_core::{Channels, CodecParams};

use crate::track_selection::Candidate;

/// An audio track.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) is_audio: bool,
    is_video: bool,
    pub(super) is_default: bool,
    language: Option<String>,
    title: Option<String>,
    /// Whether it is marked as commentary, as audio description, or for the hard of
    /// hearing.
    is_secondary: bool,
    pub(super) params: CodecParams,
    pub(super) codec_name: Option<String>,
    /// Codec delay in nanoseconds.
    pub(super) delay: u64,
    /// Duration of a packet in nanoseconds; 0 if unknown.
    pub(super) packet_length: u64,
    pub(super) encoding: Encoding,
}

/// The element `Tracks`.
#[derive(Default)]
pub(super) struct Tracks {
    /// The audio tracks.
    pub(super) entries: Vec<Entry>,
    /// Numbers of the audio and video tracks.
    pub(super) timed: Vec<u64>,
    /// Numbers of all tracks.
    pub(super) all: Vec<u64>,
}

/// Element IDs.
mod id {
    pub(super) const TRACK_ENTRY: u32 = 0xae;
    pub(super) const NUMBER: u32 = 0xd7;
    pub(super) const TYPE: u32 = 0x83;
    pub(super) const FLAG_DEFAULT: u32 = 0x88;
    pub(super) const FLAG_HEARING_IMPAIRED: u32 = 0x55ab;
    pub(super) const FLAG_VISUAL_IMPAIRED: u32 = 0x55ac;
    pub(super) const FLAG_COMMENTARY: u32 = 0x55af;
    pub(super) const NAME: u32 = 0x536e;
    pub(super) const LANGUAGE: u32 = 0x22_b59c;
    pub(super) const LANGUAGE_BCP_47: u32 = 0x22_b59d;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
    pub(super) const CODEC_DELAY: u32 = 0x56aa;
    pub(super) const DEFAULT_DURATION: u32 = 0x23_e383;
    pub(super) const AUDIO: u32 = 0xe1;
    pub(super) const SAMPLING_FREQUENCY: u32 = 0xb5;
    pub(super) const CHANNELS: u32 = 0x9f;
    pub(super) const BIT_DEPTH: u32 = 0x6264;
    pub(super) const ENCODINGS: u32 = 0x6d80;
    pub(super) const ENCODING: u32 = 0x6240;
    pub(super) const ENCODING_SCOPE: u32 = 0x5032;
    pub(super) const COMPRESSION: u32 = 0x5034;
    pub(super) const COMPRESSION_ALGORITHM: u32 = 0x4254;
    pub(super) const COMPRESSION_SETTINGS: u32 = 0x4255;
    pub(super) const ENCRYPTION: u32 = 0x5035;
}

/// Reads a `Tracks` element.
pub(super) fn read(bytes: &[u8]) -> Tracks {
    let mut tracks = Tracks::default();
    for (_, body) in children(bytes).filter(|(id, _)| *id == id::TRACK_ENTRY) {
        let entry = entry(body);
        tracks.all.push(entry.number);
        if entry.is_audio || entry.is_video {
            tracks.timed.push(entry.number);
        }
        if entry.is_audio {
            tracks.entries.push(entry);
        }
    }
    tracks
}

fn entry(bytes: &[u8]) -> Entry {
    let mut entry = Entry {
        is_default: true,
        ..Entry::default()
    };
    let mut codec = String::new();
    let mut private: &[u8] = &[];
    // Defaults of the standard.
    let (mut rate, mut count, mut bits) = (8000.0, 1, 0);
    let (mut language, mut has_tag) = ("eng".to_owned(), false);
    for (id, body) in children(bytes) {
        match id {
            id::NUMBER => entry.number = unsigned(body),
            id::TYPE => {
                entry.is_video = unsigned(body) == 1;
                entry.is_audio = unsigned(body) == 2;
            }
            id::FLAG_DEFAULT => entry.is_default = unsigned(body) == 1,
            id::FLAG_COMMENTARY | id::FLAG_VISUAL_IMPAIRED | id::FLAG_HEARING_IMPAIRED => {
                entry.is_secondary |= unsigned(body) == 1;
            }
            id::NAME => entry.title = std::str::from_utf8(body).ok().map(str::to_owned),
            id::LANGUAGE if !has_tag => language = text(body),
            id::LANGUAGE_BCP_47 => (language, has_tag) = (text(body), true),
            id::CODEC_ID => {
                codec = text(body);
            }
            id::CODEC_PRIVATE => private = body,
            id::CODEC_DELAY => entry.delay = unsigned(body),
            id::DEFAULT_DURATION => entry.packet_length = unsigned(body),
            id::AUDIO => {
                for (id, body) in children(body) {
                    match id {
                        id::SAMPLING_FREQUENCY => rate = float(body),
                        id::CHANNELS => count = unsigned(body),
                        id::BIT_DEPTH => bits = unsigned(body),
                        _ => {}
                    }
                }
            }
            id::ENCODINGS => entry.encodings(body),
            _ => {}
        }
    }
    entry.language = Some(language);
    let unpacked;
    if entry.encoding.zlib.private {
        unpacked = inflate(private).unwrap_or_default();
        private = &unpacked;
    }
    if (1.0..=1e6).contains(&rate) {
        entry.params.sample_rate = Some(rate.round() as u32);
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    entry.params.channels = Channels::usual(count);
    if entry.codec_name.is_none() {
        codecs::configure(&mut entry, &codec, private, bits);
    }
    entry
}

fn text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.trim_end_matches('\0').to_owned()
}

impl Entry {
    /// Describes the track for track selection.
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            is_default: self.is_default,
            codec: self.params.codec,
            codec_name: self.codec_name.clone(),
            language: self.language.clone(),
            title: self.title.clone(),
            channels: self
                .params
                .channel_count()
                .and_then(|count| count.try_into().ok()),
            is_secondary: self.is_secondary,
        }
    }

    /// Reads the content encodings (RFC 9559, 5.1.4.1.31).
    fn encodings(&mut self, body: &[u8]) {
        let mut count = 0;
        for (_, encoding) in children(body).filter(|(id, _)| *id == id::ENCODING) {
            count += 1;
            // By default the frames alone are encoded.
            let mut scope = FRAMES;
            for (id, body) in children(encoding) {
                match id {
                    id::ENCODING_SCOPE => scope = unsigned(body),
                    id::ENCRYPTION => {
                        self.codec_name = Some("a copy-protected stream".to_owned());
                    }
                    _ => {}
                }
            }
            let compression = children(encoding).find(|(id, _)| *id == id::COMPRESSION);
            if let Some((_, body)) = compression {
                self.compression(body, scope);
            }
        }
        if count > 1 && self.codec_name.is_none() {
            self.codec_name = Some("a Matroska track that is compressed twice".to_owned());
        }
    }

    fn compression(&mut self, body: &[u8], scope: u64) {
        const ZLIB: u64 = 0;
        const STRIPPED: u64 = 3;
        let mut algorithm = ZLIB;
        let mut settings: &[u8] = &[];
        for (id, body) in children(body) {
            match id {
                id::COMPRESSION_ALGORITHM => algorithm = unsigned(body),
                id::COMPRESSION_SETTINGS => settings = body,
                _ => {}
            }
        }
        match algorithm {
            ZLIB => {
                self.encoding.zlib = Zlib {
                    frames: scope & FRAMES != 0,
                    private: scope & PRIVATE != 0,
                };
            }
            STRIPPED => self.encoding.stripped = settings.to_vec(),
            _ => self.codec_name = Some("a compressed Matroska track".to_owned()),
        }
    }
}

/// Bits of `ContentEncodingScope`.
const FRAMES: u64 = 1;
const PRIVATE: u64 = 2;
