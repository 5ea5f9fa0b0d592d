//! The table of containers: a new container starts here.

use std::fmt;

use tonearm_media_core::{Demuxer, Input, Result, Tags, TrackChoice};

use crate::dsd::{dsdiff, dsf};
use crate::mpeg::{ps, ts};
use crate::musepack::{sv7, sv8};
use crate::raw::{adts, loas, mpeg_audio};
use crate::riff::{avi, info, wav};
use crate::{aiff, amr, asf, au, caf, dv, flac, flv, id3v2, mkv, mp4, ogg, raw, real};
use crate::{ape, trailing_tags, tta, wavpack};
use tonearm_framing::frame_header::FrameHeader;

/// How a container is detected.
#[derive(Clone, Copy)]
pub(crate) enum Detection {
    /// By the first bytes of the file.
    Signature(fn(&[u8]) -> bool),
    /// By packets of a fixed size, the first of which begins within the first bytes of
    /// the file.
    Packets(fn(&[u8]) -> bool),
    /// By frames that follow one another, the first of which passes this test.
    Frames(fn(&FrameHeader) -> bool),
}

/// Opens the container that begins at the given offset and selects its audio track.
type Open = fn(Input, u64, &TrackChoice) -> Result<Box<dyn Demuxer>>;

/// Reads the tags beside the stream that begins at the given offset.
type ReadTags = fn(&mut Input, u64) -> Result<Tags>;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) container: Container,
    name: &'static str,
    id: &'static str,
    pub(crate) detection: Detection,
    pub(crate) open: Open,
    pub(crate) read_tags: ReadTags,
}

/// Defines [`Container`] and the table from one list, in the order of detection.
macro_rules! containers {
    ($($(#[$doc:meta])* $container:ident {
        name: $name:literal,
        id: $id:literal,
        detection: $detection:expr,
        open: $open:expr,
        tags: $tags:expr $(,)?
    })*) => {
        /// A supported container.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Container {
            $($(#[$doc])* $container,)*
        }

        pub(crate) static CONTAINERS: &[Row] = &[$(Row {
            container: Container::$container,
            name: $name,
            id: $id,
            detection: $detection,
            open: $open,
            read_tags: $tags,
        },)*];

        impl Container {
            /// Every container, in the order of detection.
            pub const ALL: &[Self] = &[$(Self::$container,)*];
        }
    };
}

use Detection::{Frames, Packets, Signature};

containers! {
    /// Matroska and WebM.
    Matroska {
        name: "Matroska",
        id: "matroska",
        detection: Signature(mkv::detect),
        open: mkv::open,
        tags: id3v2::read,
    }
    /// OGG with Vorbis, Opus, FLAC or Speex.
    Ogg {
        name: "OGG",
        id: "ogg",
        detection: Signature(ogg::detect),
        open: ogg::open,
        tags: id3v2::read,
    }
    /// FLAC without a container.
    Flac {
        name: "FLAC",
        id: "flac",
        detection: Signature(flac::detect),
        open: flac::open,
        tags: id3v2::read,
    }
    /// Core Audio Format (Apple).
    Caf {
        name: "CAF",
        id: "caf",
        detection: Signature(caf::detect),
        open: caf::open,
        tags: id3v2::read,
    }
    /// AVI.
    Avi {
        name: "AVI",
        id: "avi",
        detection: Signature(avi::detect),
        open: avi::open,
        tags: id3v2::read,
    }
    /// RIFF WAVE, also RF64 and BW64.
    Wav {
        name: "WAV",
        id: "wav",
        detection: Signature(wav::detect),
        open: wav::open,
        tags: info::read,
    }
    /// Wave64 (Sony).
    Wave64 {
        name: "Wave64",
        id: "wave64",
        detection: Signature(wav::detect_wave64),
        open: wav::open,
        tags: id3v2::read,
    }
    /// Flash video.
    Flv {
        name: "FLV",
        id: "flv",
        detection: Signature(flv::detect),
        open: flv::open,
        tags: id3v2::read,
    }
    /// MPEG program stream: MPG, VOB.
    MpegPs {
        name: "MPEG-PS",
        id: "mpeg_ps",
        detection: Signature(ps::detect),
        open: ps::open,
        tags: id3v2::read,
    }
    /// AAC in LOAS frames, without a container.
    Loas {
        name: "AAC",
        id: "loas",
        detection: Signature(loas::detect),
        open: loas::open,
        tags: id3v2::read,
    }
    /// AC-3 and E-AC-3, without a container.
    Ac3 {
        name: "AC-3",
        id: "ac3",
        detection: Signature(raw::ac3::detect),
        open: raw::ac3::open,
        tags: id3v2::read,
    }
    /// DTS, without a container.
    Dts {
        name: "DTS",
        id: "dts",
        detection: Signature(raw::dts::detect),
        open: raw::dts::open,
        tags: id3v2::read,
    }
    /// Dolby TrueHD and MLP, without a container.
    TrueHd {
        name: "TrueHD",
        id: "truehd",
        detection: Signature(raw::truehd::detect),
        open: raw::truehd::open,
        tags: id3v2::read,
    }
    /// AIFF and AIFF-C.
    Aiff {
        name: "AIFF",
        id: "aiff",
        detection: Signature(aiff::detect),
        open: aiff::open,
        tags: id3v2::read,
    }
    /// AU (Sun, NeXT).
    Au {
        name: "AU",
        id: "au",
        detection: Signature(au::detect),
        open: au::open,
        tags: id3v2::read,
    }
    /// ASF: WMA, WMV.
    Asf {
        name: "ASF",
        id: "asf",
        detection: Signature(asf::detect),
        open: asf::open,
        tags: id3v2::read,
    }
    /// AMR, narrowband and wideband.
    Amr {
        name: "AMR",
        id: "amr",
        detection: Signature(amr::detect),
        open: amr::open,
        tags: id3v2::read,
    }
    /// RealMedia.
    RealMedia {
        name: "RealMedia",
        id: "real_media",
        detection: Signature(real::detect),
        open: real::open,
        tags: id3v2::read,
    }
    /// RealAudio, `.ra`.
    RealAudio {
        name: "RealAudio",
        id: "real_audio",
        detection: Signature(real::detect_audio),
        open: real::open_audio,
        tags: id3v2::read,
    }
    /// DV without a container.
    Dv {
        name: "DV",
        id: "dv",
        detection: Signature(dv::detect),
        open: dv::open,
        tags: id3v2::read,
    }
    /// WavPack.
    WavPack {
        name: "WavPack",
        id: "wavpack",
        detection: Signature(wavpack::detect),
        open: wavpack::open,
        tags: trailing_tags::read,
    }
    /// True Audio.
    Tta {
        name: "True Audio",
        id: "tta",
        detection: Signature(tta::detect),
        open: tta::open,
        tags: trailing_tags::read,
    }
    /// Monkey's Audio.
    Ape {
        name: "Monkey's Audio",
        id: "ape",
        detection: Signature(ape::detect),
        open: ape::open,
        tags: trailing_tags::read,
    }
    /// Musepack, stream version 7.
    Musepack7 {
        name: "Musepack",
        id: "musepack7",
        detection: Signature(sv7::detect),
        open: sv7::open,
        tags: trailing_tags::read,
    }
    /// Musepack, stream version 8.
    Musepack8 {
        name: "Musepack",
        id: "musepack8",
        detection: Signature(sv8::detect),
        open: sv8::open,
        tags: trailing_tags::read,
    }
    /// DSF (Sony).
    Dsf {
        name: "DSF",
        id: "dsf",
        detection: Signature(dsf::detect),
        open: dsf::open,
        tags: id3v2::read,
    }
    /// DSDIFF (Philips).
    Dsdiff {
        name: "DSDIFF",
        id: "dsdiff",
        detection: Signature(dsdiff::detect),
        open: dsdiff::open,
        tags: id3v2::read,
    }
    /// ISO base media (MP4, M4A, 3GP) and QuickTime (MOV).
    Mp4 {
        name: "MP4",
        id: "mp4",
        detection: Signature(mp4::detect),
        open: mp4::open,
        tags: id3v2::read,
    }
    /// MPEG transport stream, also M2TS.
    MpegTs {
        name: "MPEG-TS",
        id: "mpeg_ts",
        detection: Packets(ts::detect),
        open: ts::open,
        tags: id3v2::read,
    }
    /// AAC in ADTS frames, without a container.
    Adts {
        name: "AAC",
        id: "adts",
        detection: Frames(|frame| frame.is_adts),
        open: adts::open,
        tags: id3v2::read,
    }
    /// MPEG audio (MP3), without a container, with or without ID3 tags.
    Mp3 {
        name: "MP3",
        id: "mp3",
        detection: Frames(|frame| !frame.is_adts),
        open: mpeg_audio::open,
        tags: trailing_tags::read,
    }
}

impl Container {
    /// The usual name, such as "MP4".
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name in tests and corpora, in snake case, such as "mpeg_ts".
    pub fn id(self) -> &'static str {
        self.row().id
    }

    pub(crate) fn row(self) -> &'static Row {
        // The table has a row for each variant, in the same order.
        &CONTAINERS[self as usize]
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
