//! From the bytes of an untrusted media file to an MP3 file.
//!
//! ```text
//! Read + Seek ──▶ Source ──blocks of PCM──▶ convert ──▶ Encoder ──▶ Sink
//!                 container, codec,         ID3 tag,    the plugin   chunks
//!                 trim, fold, resample      progress
//! ```
//!
//! Everything here is pure: it reads from what it is given, writes to what it
//! is given, asks no clock, and runs natively as well as in a component.
//! Memory is bounded by constants whatever the length of the file.
//!
//! Start at [`convert`], or at [`Source::open`] for the PCM alone.

mod budget;
mod codec;
mod container;
mod convert;
mod decode;
mod demux;
mod dolby;
mod error;
mod feed;
mod fold;
mod frames;
#[cfg(fuzzing)]
pub mod fuzzing;
mod input;
mod language;
mod loudness;
mod metadata;
mod pipeline;
mod remux;
mod resample;
mod segment;
mod selection;
mod source;
mod survey;
mod tag;
mod wave;

pub use budget::Budget;
pub use container::Container;
pub use convert::{ConvertOptions, Progress, Sink, Summary, convert};
pub use error::{Limit, MediaError};
pub use loudness::{Loudness, gain_for, measure};
pub use metadata::{Cover, Tags};
pub use remux::{is_mp3, remux};
pub use segment::{Part, Segment, encode_segment, join, plan};
pub use selection::{Selection, TrackChoice};
pub use source::{Source, SourceInfo, Target};
pub use tag::TagOptions;
pub use tonearm_encoder_api::{
    Description, Encoder, EncoderError, EncoderSession, Ending, PcmFormat, RateControl, Settings,
};
pub use tonearm_mp3::FrameIndex;
