//! From a container to the packets of one audio track.
//!
//! `container.rs` is the registry: a new container is a row there and a file with its
//! demuxer.

mod aiff;
mod amr;
mod ape;
mod asf;
mod au;
mod byte_cursor;
mod caf;
mod chapter_comments;
mod charset;
mod codec_ids;
mod container;
mod dsd;
mod dv;
mod flac;
mod flv;
mod id3v2;
mod mkv;
mod mp3_delay;
mod mp4;
mod mpeg;
mod musepack;
mod ogg;
mod packet_source;
mod probe;
mod raw;
mod real;
mod resync;
mod riff;
mod track_selection;
mod trailing_tags;
mod tta;
mod vorbis;
mod vorbis_comment;
mod wavpack;

use tonearm_media_core::{Demuxer, Input, Result, Tags, TrackChoice};

pub use self::container::Container;
pub use self::probe::probe;
pub use self::raw::mpeg_audio::DECODER_DELAY;

/// Opens the container that begins at `start` and selects its audio track.
///
/// # Errors
/// Any kind of [`FileError`](tonearm_media_core::FileError).
pub fn open(
    input: Input,
    container: Container,
    start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    (container.row().open)(input, start, choice)
}

/// Reads the tags outside the stream that begins at `start`, which its demuxer does not
/// read itself.
///
/// # Errors
/// `Read`.
pub fn read_tags(input: &mut Input, container: Container, start: u64) -> Result<Tags> {
    (container.row().read_tags)(input, start)
}
