//! The audio streams of a program stream.

use tonearm_framing::framer::Framing;
use tonearm_framing::lpcm::Disc;
use tonearm_media_core::Codec;

use crate::track_selection::Candidate;

/// The first byte of AC-3 frames without a sub-stream id, as some recorders write them.
pub(super) const RAW_AC3: u8 = 0x0b;

/// The stream of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id {
    /// MPEG audio, by stream id.
    Mpeg(u8),
    /// Private stream 1, by the sub-stream id that DVDs put before the data.
    Private(u8),
}

impl Id {
    /// Whether a packet is audio: private stream 1 also contains subtitles.
    pub(super) fn is_audio(self) -> bool {
        match self {
            Self::Mpeg(_) | Self::Private(RAW_AC3) => true,
            Self::Private(number) => !matches!(number, 0..=0x7f | 0x90..=0x97 | 0xd0..),
        }
    }
}

/// The usual codec of a stream.
pub(super) fn describe(id: Id) -> (Codec, Framing) {
    match id {
        Id::Mpeg(_) => (Codec::Mp2, Framing::Mpeg),
        Id::Private(RAW_AC3 | 0x80..=0x87 | 0xc0..=0xcf) => (Codec::Ac3, Framing::Ac3),
        Id::Private(0x88..=0x8f | 0x98..=0x9f) => (Codec::Dts, Framing::Dts),
        Id::Private(0xa0..=0xaf) => (Codec::PcmS16Be, Framing::Lpcm(Disc::Dvd)),
        Id::Private(_) => (Codec::TrueHd, Framing::Mlp),
    }
}

/// Describes the stream for track selection.
pub(super) fn candidate(id: Id) -> Candidate {
    Candidate {
        codec: describe(id).0,
        ..Candidate::default()
    }
}
