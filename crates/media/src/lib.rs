//! Converts an untrusted media file to an MP3 file.
//!
//! ```text
//! Read + Seek ──▶ PcmSource ──blocks of PCM──▶ convert ──▶ Encoder ──▶ Sink
//!                 container, codec,         ID3 tag,    the plugin   chunks
//!                 trim, downmix, resample   progress
//! ```
//!
//! The crate uses neither clock nor network: it reads from a reader, writes to a sink, and
//! runs natively as in a component. Memory use does not depend on the length of the file.
//!
//! Start at [`convert()`], or at [`PcmSource::open`] for the PCM alone.

mod closed_gaps;
mod convert;
mod error;
mod findings;
mod opened_file;
mod output;
mod pcm;
mod pcm_source;
mod remux;
mod samples;
mod seek_index;
mod seek_point;
mod segments;
mod selection;
mod silence;
mod tag;
mod timeline;

pub use convert::{ConvertOptions, Progress, Sink, Summary, convert};
pub use error::MediaError;
pub use findings::{Findings, Warning};
pub use opened_file::OpenedFile;
pub use pcm::loudness::{Loudness, gain_for, measure};
pub use pcm_source::{PcmSource, SourceInfo, Target};
pub use remux::remux;
pub use segments::{EncodedSegment, Segment, encode_segment, join, plan};
pub use selection::{Gaps, Selection};
pub use silence::find_sound;
pub use tag::TagOptions;
pub use tonearm_decode::PluginDecoders;
pub use tonearm_demux::Container;
pub use tonearm_encoder_api::{
    Description, Encoder, EncoderError, EncoderSession, Ending, PcmFormat, RateControl, Settings,
};
pub use tonearm_media_core::{
    Cover, DecoderPlugin, FileError, Limit, Limits, ListedTrack, Tags, TrackSelector,
};
pub use tonearm_mp3::FrameIndex;
